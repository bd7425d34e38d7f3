//! The `portgen` command.

fn main() -> std::process::ExitCode {
    portgen::cli::main()
}
