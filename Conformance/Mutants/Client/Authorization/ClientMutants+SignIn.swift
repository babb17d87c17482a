extension ClientMutant {
    /// Faults of signing in, and a client of the same making that has none.
    static let signIns =
        [ClientMutant(plainSignIn, "Has no fault: signs in with the code in which the faults of signing in are.") { $0.signIn = .some(nil) }]
        + SignInFault.allCases.map { fault in ClientMutant(fault.rawValue, fault.text) { $0.signIn = .some(fault) } }

    /// The mutant that is none.
    public static let plainSignIn = "plain-sign-in"
}
