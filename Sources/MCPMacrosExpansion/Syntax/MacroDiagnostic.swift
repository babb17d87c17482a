import SwiftDiagnostics
import SwiftSyntax
import SwiftSyntaxMacros

/// What a macro has to say of the code it is attached to: what is wrong, and what to change.
struct MacroDiagnostic: DiagnosticMessage {
    let id: String
    let message: String
    var severity = DiagnosticSeverity.error

    var diagnosticID: MessageID { MessageID(domain: "MCPMacros", id: id) }
}

/// The title of a change that a diagnostic offers.
struct MacroFixIt: FixItMessage {
    let id: String
    let message: String

    var fixItID: MessageID { MessageID(domain: "MCPMacros", id: id) }
}

/// A diagnostic together with the place that it is about.
struct Finding {
    let node: Syntax
    let message: MacroDiagnostic
    var fixIts: [FixIt] = []

    init(_ node: some SyntaxProtocol, _ id: String, _ message: String, severity: DiagnosticSeverity = .error, fixIts: [FixIt] = []) {
        self.node = Syntax(node)
        self.message = MacroDiagnostic(id: id, message: message, severity: severity)
        self.fixIts = fixIts
    }
}

extension FixIt {
    /// Offers to write `new` in the place of `old`.
    static func replacing(_ old: some SyntaxProtocol, with new: some SyntaxProtocol, id: String, _ message: String) -> FixIt {
        FixIt(message: MacroFixIt(id: id, message: message), changes: [.replace(oldNode: Syntax(old), newNode: Syntax(new))])
    }
}

extension MacroExpansionContext {
    func report(_ findings: [Finding]) {
        for finding in findings { diagnose(Diagnostic(node: finding.node, message: finding.message, fixIts: finding.fixIts)) }
    }
}

extension [Finding] {
    var hasErrors: Bool { contains { $0.message.severity == .error } }
}
