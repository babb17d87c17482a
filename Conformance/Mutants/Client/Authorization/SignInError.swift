/// Why a sign-in was given up.
struct SignInError: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}
