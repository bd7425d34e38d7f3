//! The targets `caddy` and `cloudflared`.

use super::full;

#[test]
fn caddy_has_a_site_for_each_hostname() {
    let expect = r##"# It's the "API" `id` $HOME 100%
api.example.com {
	reverse_proxy localhost:21000
}

# the-organization-directory-synchronization-service
directory.example.com {
	reverse_proxy https://localhost:21030
}
"##;
    assert_eq!(full("caddy", r##""##), expect);
}

#[test]
fn caddy_can_do_without_public_certificates() {
    let expect = r##"# It's the "API" `id` $HOME 100%
api.example.com {
	tls internal
	reverse_proxy localhost:21000
}
"##;
    assert_eq!(
        full(
            "caddy",
            r##"services = ["api"]
options = { tls = "internal" }"##
        ),
        expect
    );
}

#[test]
fn caddy_can_serve_plain_http() {
    let expect = r##"# It's the "API" `id` $HOME 100%
http://api.example.com {
	reverse_proxy localhost:21000
}
"##;
    assert_eq!(
        full(
            "caddy",
            r##"services = ["api"]
options = { tls = "off" }"##
        ),
        expect
    );
}

#[test]
fn cloudflared_ends_in_a_catch_all() {
    let expect = r##"ingress:
  - hostname: api.example.com
    service: http://localhost:21000
  - hostname: directory.example.com
    service: https://localhost:21030
  - service: http_status:404
"##;
    assert_eq!(full("cloudflared", r##""##), expect);
}

#[test]
fn a_tunnel_and_its_credentials_are_named() {
    let expect = r##"tunnel: shop
credentials-file: /etc/cloudflared/shop.json
ingress:
  - hostname: api.example.com
    service: http://localhost:21000
  - service: http_status:404
"##;
    assert_eq!(
        full(
            "cloudflared",
            r##"services = ["api"]
options = { tunnel = "shop", credentials-file = "/etc/cloudflared/shop.json" }"##
        ),
        expect
    );
}
