import HTTPTypes
import Hummingbird

/// Runs around every HTTP request: refuses foreign hosts, puts the security headers on every answer, and turns errors into a
/// line of text.
struct WebGuard<Context: RequestContext>: RouterMiddleware {
    let policy: AccessPolicy

    func handle(_ request: Request, context: Context, next: (Request, Context) async throws -> Response) async throws -> Response {
        var response: Response
        if !policy.allows(host: request.head.authority) {
            response = .text(
                .misdirectedRequest,
                "This chat is not served under the name \(request.head.authority ?? "(none)"). "
                    + "Use http://127.0.0.1 or http://localhost, or name the host in the configuration (allowed hosts).")
        } else {
            do {
                response = try await next(request, context)
            } catch let error as any HTTPResponseError {
                let text = error.status == .notFound ? "There is no such page. Go to / for the chat." : error.status.reasonPhrase
                response = .text(error.status, text)
            }
        }
        for (name, value) in securityHeaders { response.headers[name] = value }
        return response
    }
}

/// No inline script or style, nothing from elsewhere, no frame around it, and no text ever parsed as HTML (trusted types).
/// Images are the page's own or embedded in a tool's result, never fetched from somewhere.
private let securityHeaders: [(HTTPField.Name, String)] = [
    (
        "Content-Security-Policy",
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
            + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
            + "require-trusted-types-for 'script'; trusted-types 'none'"
    ),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),
    ("X-Frame-Options", "DENY"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
].compactMap { name, value in HTTPField.Name(name).map { ($0, value) } }

extension Response {
    static func text(_ status: HTTPResponse.Status, _ text: String) -> Response {
        Response(
            status: status, headers: [.contentType: "text/plain; charset=utf-8", .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: text + "\n")))
    }
}
