//! A terminal that is drawn on, and put back on every way out.

use std::fmt::Display;
use std::io::{self, Write};
use std::sync::Once;
use std::sync::atomic::{AtomicBool, Ordering};

use crossterm::cursor::{Hide, MoveTo, Show};
use crossterm::style::{Attribute, Color as Shown, Print, SetAttribute, SetForegroundColor};
use crossterm::terminal::{self, Clear, EnterAlternateScreen, LeaveAlternateScreen};
use crossterm::{execute, queue};
use ratatui_core::backend::{Backend, ClearType, WindowSize};
use ratatui_core::buffer::Cell;
use ratatui_core::layout::{Position, Size};
use ratatui_core::style::{Color, Modifier};

/// Whether the terminal is drawn on, and has to be put back.
static IS_DRAWN_ON: AtomicBool = AtomicBool::new(false);

/// What a signal asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(not(unix), expect(dead_code, reason = "no signal asks for more than nothing there"))]
pub(super) enum Asked {
    /// Nothing.
    Nothing,
    /// To stop until the shell continues it.
    Suspend,
    /// To draw again: it was continued.
    Again,
}

/// A terminal in raw mode with a screen of its own; dropped, it is as before.
pub(super) struct Session {
    signals: signals::Flags,
    wiped: AtomicBool,
}

impl Session {
    /// Takes the terminal.
    pub(super) fn enter() -> io::Result<Self> {
        restore_on_panic();
        let session = Self { signals: signals::Flags::register()?, wiped: AtomicBool::new(false) };
        session.begin()?;
        Ok(session)
    }

    /// Takes the terminal, once more where somebody else may have changed it.
    pub(super) fn begin(&self) -> io::Result<()> {
        IS_DRAWN_ON.store(true, Ordering::SeqCst);
        // Raw mode that it believes to be on is not turned on again.
        let _ = terminal::disable_raw_mode();
        terminal::enable_raw_mode()?;
        self.wiped.store(true, Ordering::SeqCst);
        execute!(io::stdout(), EnterAlternateScreen, Hide)
    }

    /// Whether everything is to be drawn anew; only once.
    pub(super) fn is_wiped(&self) -> bool {
        self.wiped.swap(false, Ordering::SeqCst)
    }

    /// What a signal asked for since this was asked.
    pub(super) fn asked(&self) -> Asked {
        self.signals.take()
    }

    /// Puts the terminal back, stops this process as its shell expects, and
    /// takes the terminal again when that continues it.
    pub(super) fn suspend(&self) -> io::Result<()> {
        restore();
        signals::stop_here()?;
        self.begin()
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        restore();
    }
}

/// Puts the terminal back, where it is not as it was.
fn restore() {
    if IS_DRAWN_ON.swap(false, Ordering::SeqCst) {
        let _ = execute!(io::stdout(), LeaveAlternateScreen, Show);
        let _ = terminal::disable_raw_mode();
    }
}

/// A panic's words are for the terminal as it was.
fn restore_on_panic() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            restore();
            before(panic);
        }));
    });
}

#[cfg(unix)]
mod signals {
    //! What signals do to this process, and to no other.

    use std::io;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering};

    use signal_hook::consts::{SIGCONT, SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP};
    use signal_hook::iterator::{Handle, Signals};
    use signal_hook::{SigId, flag, low_level};

    use super::Asked;

    pub(super) struct Flags {
        stop: Arc<AtomicBool>,
        again: Arc<AtomicBool>,
        registered: [SigId; 2],
        ends: Handle,
    }

    impl Flags {
        pub(super) fn register() -> io::Result<Self> {
            let (stop, again) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicBool::new(false)));
            let registered =
                [flag::register(SIGTSTP, Arc::clone(&stop))?, flag::register(SIGCONT, Arc::clone(&again))?];
            // On a thread of its own: reading from a terminal that has gone away may not return.
            let mut signals = Signals::new([SIGHUP, SIGINT, SIGQUIT, SIGTERM])?;
            let ends = signals.handle();
            std::thread::spawn(move || signals.forever().next().map(end_by));
            Ok(Self { stop, again, registered, ends })
        }

        pub(super) fn take(&self) -> Asked {
            if self.stop.swap(false, Ordering::SeqCst) {
                return Asked::Suspend;
            }
            if self.again.swap(false, Ordering::SeqCst) { Asked::Again } else { Asked::Nothing }
        }
    }

    impl Drop for Flags {
        fn drop(&mut self) {
            self.ends.close();
            for id in self.registered {
                let _ = low_level::unregister(id);
            }
        }
    }

    /// Stops this process, as Ctrl-Z does to one that does not catch it.
    pub(super) fn stop_here() -> io::Result<()> {
        low_level::emulate_default_handler(SIGTSTP)
    }

    /// Ends this process by the signal that it got, as if it had not been caught.
    fn end_by(signal: i32) {
        // Nobody draws any more once this is held.
        let _out = io::stdout().lock();
        super::restore();
        let _ = low_level::emulate_default_handler(signal);
    }
}

#[cfg(not(unix))]
mod signals {
    //! Keys are all there is: Ctrl-C arrives as one.

    use std::io;

    use super::Asked;

    pub(super) struct Flags;

    impl Flags {
        pub(super) fn register() -> io::Result<Self> {
            Ok(Self)
        }

        pub(super) fn take(&self) -> Asked {
            Asked::Nothing
        }
    }

    pub(super) fn stop_here() -> io::Result<()> {
        Ok(())
    }
}

/// What ratatui draws on: standard output, written at once for each picture.
pub(super) struct Screen {
    out: io::BufWriter<io::Stdout>,
}

impl Screen {
    pub(super) fn new() -> Self {
        Self { out: io::BufWriter::new(io::stdout()) }
    }

    fn style(&mut self, cell: &Cell) -> io::Result<()> {
        queue!(self.out, SetAttribute(Attribute::Reset))?;
        let attributes = [
            (Modifier::BOLD, Attribute::Bold),
            (Modifier::DIM, Attribute::Dim),
            (Modifier::REVERSED, Attribute::Reverse),
        ];
        for (modifier, attribute) in attributes {
            if cell.modifier.contains(modifier) {
                queue!(self.out, SetAttribute(attribute))?;
            }
        }
        match colour(cell.fg) {
            Some(colour) => queue!(self.out, SetForegroundColor(colour)),
            None => Ok(()),
        }
    }
}

/// The colours that the view has.
fn colour(colour: Color) -> Option<Shown> {
    match colour {
        Color::Red => Some(Shown::DarkRed),
        Color::Green => Some(Shown::DarkGreen),
        Color::Yellow => Some(Shown::DarkYellow),
        Color::Cyan => Some(Shown::DarkCyan),
        _ => None,
    }
}

impl Backend for Screen {
    type Error = io::Error;

    fn draw<'a, I>(&mut self, content: I) -> io::Result<()>
    where
        I: Iterator<Item = (u16, u16, &'a Cell)>,
    {
        let mut next: Option<(u16, u16)> = None;
        let mut style: Option<(Color, Modifier)> = None;
        for (x, y, cell) in content {
            if next != Some((x, y)) {
                queue!(self.out, MoveTo(x, y))?;
            }
            if style != Some((cell.fg, cell.modifier)) {
                self.style(cell)?;
                style = Some((cell.fg, cell.modifier));
            }
            print(&mut self.out, cell.symbol())?;
            // After a wide character the terminal alone knows where it is.
            next = cell.symbol().is_ascii().then_some((x + 1, y));
        }
        queue!(self.out, SetAttribute(Attribute::Reset))
    }

    fn hide_cursor(&mut self) -> io::Result<()> {
        queue!(self.out, Hide)
    }

    fn show_cursor(&mut self) -> io::Result<()> {
        queue!(self.out, Show)
    }

    fn get_cursor_position(&mut self) -> io::Result<Position> {
        // It is hidden: nobody needs to know, and asking would take its keys.
        Ok(Position::ORIGIN)
    }

    fn set_cursor_position<P: Into<Position>>(&mut self, position: P) -> io::Result<()> {
        let Position { x, y } = position.into();
        queue!(self.out, MoveTo(x, y))
    }

    fn clear(&mut self) -> io::Result<()> {
        self.clear_region(ClearType::All)
    }

    fn clear_region(&mut self, part: ClearType) -> io::Result<()> {
        let part = match part {
            ClearType::All => terminal::ClearType::All,
            ClearType::AfterCursor => terminal::ClearType::FromCursorDown,
            ClearType::BeforeCursor => terminal::ClearType::FromCursorUp,
            ClearType::CurrentLine => terminal::ClearType::CurrentLine,
            ClearType::UntilNewLine => terminal::ClearType::UntilNewLine,
        };
        queue!(self.out, Clear(part))
    }

    fn size(&self) -> io::Result<Size> {
        let (width, height) = terminal::size()?;
        Ok(Size { width: width.max(1), height: height.max(1) })
    }

    fn window_size(&mut self) -> io::Result<WindowSize> {
        Ok(WindowSize { columns_rows: self.size()?, pixels: Size::ZERO })
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

fn print(out: &mut impl Write, text: impl Display) -> io::Result<()> {
    queue!(out, Print(text))
}
