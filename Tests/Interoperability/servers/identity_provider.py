"""`oidc-provider-mock`, an identity provider that was not written here, with what MCP demands of an authorization server put around it: PKCE with
S256 is announced and checked, `state` comes back with a refusal too, and a request without scopes gets a default (RFC 6749 section 3.3). Run as a program it issues access tokens that are JWTs (RFC 9068),
signed with the provider's own key; `--audience` names another one than the resource that was asked for.
"""

import argparse
import base64
import hashlib
import json
import logging
import time
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit, urlunsplit

import flask
import oidc_provider_mock


def provider(**options) -> flask.Flask:
    application = flask.Flask("oidc_provider_mock")
    application.config.update(options.pop("config", {}))
    oidc_provider_mock.init_app(application, require_client_registration=True, **options)
    application.debug = False
    application.secret_key = "for tests"
    challenges: dict[str, str] = {}

    @application.before_request
    def check_verifier():
        if flask.request.path != "/oauth2/token" or "code" not in flask.request.form:
            return None
        digest = hashlib.sha256(flask.request.form.get("code_verifier", "").encode()).digest()
        if challenges.pop(flask.request.form["code"], None) == base64.urlsafe_b64encode(digest).rstrip(b"=").decode():
            return None
        return flask.jsonify({"error": "invalid_grant", "error_description": "PKCE"}), 400

    @application.after_request
    def announce_and_remember(response: flask.Response):
        if flask.request.path == "/.well-known/openid-configuration":
            response.set_data(json.dumps({**response.get_json(), "code_challenge_methods_supported": ["S256"]}))
        if flask.request.path == "/oauth2/authorize" and "location" in response.headers:
            target = urlsplit(response.headers["location"])
            answer = parse_qs(target.query)
            if flask.request.args.get("code_challenge_method") == "S256" and "code" in answer:
                challenges[answer["code"][0]] = flask.request.args["code_challenge"]
            if "state" not in answer and "state" in flask.request.args:
                query = parse_qsl(target.query) + [("state", flask.request.args["state"])]
                response.headers["location"] = urlunsplit(target._replace(query=urlencode(query)))
        return response

    inner = application.wsgi_app

    def with_scope(environ, start_response):
        query = environ.get("QUERY_STRING", "")
        if environ["PATH_INFO"] == "/oauth2/authorize" and "scope" not in parse_qs(query):
            environ["QUERY_STRING"] = query + "&scope=openid"
        return inner(environ, start_response)

    application.wsgi_app = with_scope
    return application


def access_token(audience: str | None):
    """Makes access tokens for the resource that was asked for (RFC 8707)."""
    from authlib.jose import jwt
    from oidc_provider_mock._storage import storage

    def make(client, grant_type, user, scope):
        now = int(time.time())
        key = storage.jwk.as_dict(is_private=True)
        claims = {
            "iss": flask.request.host_url.rstrip("/"), "aud": audience or flask.request.form["resource"], "sub": user.sub,
            "client_id": client.get_client_id(), "iat": now, "exp": now + 3600, "jti": base64.urlsafe_b64encode(hashlib.sha256(str(time.time_ns()).encode()).digest()).decode(),
        }
        if scope:
            claims["scope"] = scope
        return jwt.encode({"alg": "RS256", "typ": "at+jwt", "kid": key.get("kid")}, claims, storage.jwk).decode()

    return make


def main():
    from werkzeug.serving import make_server

    parser = argparse.ArgumentParser()
    parser.add_argument("--audience")
    options = parser.parse_args()
    logging.disable(logging.WARNING)
    application = provider(config={"OAUTH2_ACCESS_TOKEN_GENERATOR": access_token(options.audience)})
    server = make_server("127.0.0.1", 0, application, threaded=True)
    print(f"http://127.0.0.1:{server.server_port}", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
