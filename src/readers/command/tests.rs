//! What commands say about ports, and what only looks like it.

use super::*;
use crate::readers::Side;

fn show(text: &str, found: &[Sighting]) -> Vec<String> {
    let show = |one: &Sighting| {
        let written = &text[one.span.range()];
        assert_eq!(written, one.ports.to_string(), "{text}");
        let mut out = format!("{written} {:?}", one.role);
        if one.side != Side::Host {
            out += &format!(" {:?}", one.side);
        }
        for part in [&one.host, &one.variable].into_iter().flatten() {
            out += &format!(" {part}");
        }
        if let Some(container) = one.container {
            out += &format!(" ->{container}");
        }
        if one.protocol != crate::model::Protocol::Tcp {
            out += &format!(" {}", one.protocol.as_str());
        }
        if one.confidence != Confidence::High {
            out += &format!(" {:?}", one.confidence);
        }
        out
    };
    found.iter().map(show).collect()
}

#[track_caller]
fn check(text: &str, expect: &[&str]) {
    let found = sightings(text, 0, &Setting::code(Side::Host));
    assert_eq!(show(text, &found), expect, "{text}");
}

#[test]
fn options_that_take_a_port_are_known() {
    for (text, expect) in [
        ("uvicorn main:app --host 0.0.0.0 --port 8000 --workers 4", "8000 Listen"),
        ("matcher run --host 0.0.0.0 -p 9020", "9020 Listen"),
        ("bash -c \"matcher add && matcher run --host=0.0.0.0 -p 9020\"", "9020 Listen"),
        ("python -m uvicorn main:app --port=8000", "8000 Listen"),
        ("npx serve -p 3000", "3000 Listen"),
        ("serve -l tcp://0.0.0.0:3000", "3000 Listen 0.0.0.0"),
        ("next dev -p3001", "3001 Listen"),
        ("next dev --turbo -p 3001", "3001 Listen"),
        ("npm run dev -- -p 3001", "3001 Listen Medium"),
        ("gunicorn app:app -b 0.0.0.0:8000", "8000 Listen 0.0.0.0"),
        ("gunicorn --bind=:8000 app", "8000 Listen"),
        ("flask run -p 5001", "5001 Listen"),
        ("bundle exec rails s -p 3000", "3000 Listen"),
        ("php -S localhost:8000 -t public", "8000 Listen localhost"),
        ("php artisan serve --port=8001", "8001 Listen"),
        ("python3 -m http.server 8000", "8000 Listen"),
        ("python manage.py runserver 0.0.0.0:8000", "8000 Listen 0.0.0.0"),
        ("ng serve --port \"4201\"", "4201 Listen"),
        ("redis-server --port 6380", "6380 Listen"),
        ("nc -l 8080", "8080 Listen"),
        ("java -Dserver.port=8081 -jar a.jar", "8081 Listen"),
        ("java -jar a.jar --server.port=8081", "8081 Listen"),
        ("java -agentlib:jdwp=transport=dt_socket,server=y,address=*:5005 -jar a.jar", "5005 Listen *"),
        ("node --inspect=0.0.0.0:9229 server.js", "9229 Listen 0.0.0.0"),
        ("./server -http-port 9000", "9000 Listen"),
        ("minio server /data --console-address \":9001\"", "9001 Listen"),
        ("prometheus --web.listen-address=0.0.0.0:9091", "9091 Listen 0.0.0.0"),
        ("ssh -N -L 5433:db.internal:5432 -p 2222 host", "5433 Listen"),
        ("uvicorn app --port ${API_PORT:-8000}", "8000 Fallback API_PORT"),
        ("server --port=${PORT:-8000}", "8000 Fallback PORT"),
        ("concurrently \"vite --port 5174\" 'sleep 3000'", "5174 Listen"),
        ("docker-entrypoint.sh && sh -c \"exec serve -p 80\"", "80 Listen"),
        ("serve \\\n  -p \\\n  3000", "3000 Listen"),
        ("app --db-port 5433", "5433 Connect"),
    ] {
        check(text, &[expect]);
    }
}

#[test]
fn variables_are_set_before_and_behind() {
    check("PORT=3000 npm start", &["3000 Assign PORT"]);
    check("cross-env NODE_ENV=test PORT=3001 next", &["3001 Assign PORT"]);
    check("export API_PORT=\"8000\"", &["8000 Assign API_PORT"]);
    check("PORT=${PORT:-8000}", &["8000 Fallback PORT"]);
    check(": \"${WEB_PORT:=8001}\"", &["8001 Fallback WEB_PORT"]);
    check("set PORT=4000 && npm start", &["4000 Assign PORT"]);
    check("set \"PORT=4000\"", &["4000 Assign PORT"]);
    check("$env:PORT = 3000; npm start", &["3000 Assign PORT"]);
    check("$env:API_PORT=\"3000\"", &["3000 Assign API_PORT"]);
    check("make run PORT=8000", &["8000 Assign PORT"]);
    check("ASPNETCORE_URLS=http://+:80 dotnet a.dll", &["80 Listen + ASPNETCORE_URLS"]);
}

#[test]
fn docker_publishes_and_runs_inside() {
    check("docker run -d -p 8080:80 nginx:1.25", &["8080 Publish ->80"]);
    check("docker run --publish=127.0.0.1:8080:80/udp x", &["8080 Publish 127.0.0.1 ->80 udp"]);
    check("docker run -p 8000-8010:9000-9010 x", &["8000-8010 Publish ->9000-9010"]);
    check("docker run -p ${WEB_PORT:-8080}:80 x", &["8080 Fallback WEB_PORT ->80"]);
    check(
        "docker run -p 80 -e PORT=3000 redis:7 redis-server --port 6380",
        &["3000 Assign Container PORT", "6380 Listen Container"],
    );
    check(
        "docker run --rm -it -v /a:/b -u 1000:1000 --name x -p 3000:3000 node:20 npm start",
        &["3000 Publish ->3000"],
    );
    check("docker build -t app:8080 --build-arg PORT=3000 .", &["3000 Assign Container PORT"]);
    check("docker compose -p 8080 up", &[]);
}

#[test]
fn connections_are_seen_where_they_are_ours() {
    check("curl -f http://localhost:8080/health || exit 1", &["8080 Connect localhost"]);
    check("wget -qO- localhost:8080", &["8080 Connect localhost"]);
    check("./wait-for-it.sh db:5432 -t 60", &["5432 Connect Container db"]);
    check("nc -z localhost 8080", &["8080 Connect localhost"]);
    check("psql -h localhost -p 5433 -U me", &["5433 Connect localhost"]);
    check("psql -h db.example.com -p 5433", &[]);
    check("redis-cli -p 6380 ping", &["6380 Connect localhost"]);
    check("kubectl port-forward svc/x 8080:80", &["8080 Publish ->80"]);
    check("lsof -ti:3000 | xargs kill -9", &["3000 Connect localhost Medium"]);
    check("npx kill-port 3000 3001", &["3000 Connect localhost Medium", "3001 Connect localhost Medium"]);
    check("echo \"API on http://localhost:8000, ok\"", &["8000 Connect localhost Medium"]);
    check("echo > /dev/tcp/localhost/8080", &["8080 Connect localhost Medium"]);
    check("kafka-topics --bootstrap-server kafka:9092 --list", &["9092 Connect Container kafka"]);
    check("curl https://api.example.com:8443/ http://10.0.0.1:80", &[]);
}

#[test]
fn look_alikes_are_none() {
    for text in [
        "mkdir -p 8080",
        "cp -p 8080 b",
        "ssh -p 2222 host uptime",
        "scp -P 2222 a b:c",
        "tar -p 8080",
        "sleep 3000",
        "chmod 0755 x",
        "kill -9 8080",
        "head -c 8080 x",
        "timeout 8000 x",
        "node --max-old-space-size=4096 x.js",
        "gunicorn --workers 8000 --timeout 120 app",
        "app --port $PORT --import 8000 --report 8000",
        "docker pull redis:7 && docker run mssql:2019",
        "docker logs -f 8080",
        "git commit -m 'use --port 8000'",
        "npm install foo@8080",
        "uvicorn a --limit-concurrency 1000 --backlog 2048",
        "app --port 0 --port 70000 --listen-backlog 4096",
        "date +%H:%M 10:30",
        "serve -s build",
        "echo 8080",
        "image=redis:7",
        "[ $x -eq 8080 ]",
        "# serve -p 3000",
    ] {
        check(text, &[]);
    }
}

#[test]
fn json_and_lists_keep_their_places() {
    let check = |text: &str, found: Vec<Sighting>, expect: &[&str]| assert_eq!(show(text, &found), expect);
    let setting = Setting::code(Side::Container);
    let text = r#"concurrently \"serve -p 3000\" \"vite --port=\"5174\"\""#;
    check(text, in_json(text, 0, &setting), &["3000 Listen Container", "5174 Listen Container"]);
    let text = r#"["uvicorn", "main:app", "--port", "8000", "--host", "0.0.0.0"]"#;
    check(text, in_list(text, 0, &setting), &["8000 Listen Container"]);
    let text = r#"["sh", "-c", "serve -p 80 || curl localhost:81"]"#;
    check(text, in_list(text, 0, &setting), &["80 Listen Container", "81 Connect Container localhost"]);
}

#[test]
fn compose_is_given_files() {
    let files =
        |text: &str| -> Vec<Vec<String>> { compose_files(text).into_iter().map(|call| call.files).collect() };
    let check = |text: &str, expect: &[&[&str]]| assert_eq!(files(text), expect, "{text}");
    check("docker compose -f a.yml -f b.yml up -d", &[&["a.yml", "b.yml"]]);
    check("docker-compose --file=a.yml -fb.yml --env-file .env logs -f api", &[&["a.yml", "b.yml"]]);
    assert_eq!(compose_files("docker compose --env-file .env -f a.yml up")[0].env_files, [".env"]);
    check("docker compose logs -f api", &[]);
    check("cd x && docker compose -f a.yml up; docker compose -f b.yml down", &[&["a.yml"], &["b.yml"]]);
    check("sh -c 'docker compose -f a.yml -f $B up'", &[&["a.yml"]]);
}

#[test]
fn hostile_commands_cost_no_more_than_their_text() {
    let nested = "sh -c \"".repeat(10_000);
    assert!(sightings(&(nested + "serve -p 3000"), 0, &Setting::code(Side::Host)).len() < 2);
    sightings(&"--port=".repeat(100_000), 0, &Setting::code(Side::Host));
    sightings(&"a:1 ".repeat(100_000), 0, &Setting::code(Side::Host));
}
