import Foundation
import MCPCore
import TestSupport
import Testing

@testable import ConformanceSchemas

/// The schemas that the project writes itself say what the published ones say.
@Suite(.needsSpecification)
struct SchemaAgreementTests {
    private static func schemas() throws -> URL {
        try SpecificationPlace.here.required().appending(path: "schema")
    }

    private static func corpus() throws -> [CorpusMessage] {
        let (examples, unplaced) = try MessageCorpus.examples(try schemas().appending(path: "2026-07-28/examples"))
        #expect(unplaced.isEmpty, "examples that are put into no message")
        let transcripts = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().appending(path: "Transcripts")
        return try examples + MessageCorpus.transcripts(transcripts) + WrittenMessages.all
    }

    private static func report(_ agreement: SchemaAgreement) {
        for verdicts in agreement.disagreements.prefix(20) {
            Issue.record(
                """
                \(verdicts.message.source) at \(verdicts.revision.rawValue), \(verdicts.change ?? "unchanged"): own \(verdicts.own), \
                published \(verdicts.published)
                """)
        }
        #expect(agreement.disagreements.isEmpty)
    }

    @Test func everyMessageIsJudgedAlikeInEveryRevision() throws {
        var agreement = SchemaAgreement(try PublishedSchemas(directory: Self.schemas()))
        for message in try Self.corpus() {
            for revision in ProtocolRevision.allCases { agreement.compare(message, at: revision) }
        }
        Self.report(agreement)
        #expect(agreement.valid > 2000)
    }

    @Test func everyMutationIsJudgedAlike() throws {
        var agreement = SchemaAgreement(try PublishedSchemas(directory: Self.schemas()))
        var forms: Set<MessageForm> = []
        for message in try Self.corpus() where forms.insert(MessageForm(message)).inserted {
            for mutation in MessageMutations.of(message.json) { agreement.compare(message, changed: mutation, at: message.revision) }
        }
        Self.report(agreement)
        #expect(agreement.compared > 30_000)
        // A third or so is still valid: members that are optional or unknown.
        #expect(agreement.valid > 5_000)
        #expect(agreement.used == Set(AgreedDifference.all.map(\.name)), "a difference that is gone must leave the list")
    }

    @Test(arguments: ProtocolRevision.allCases)
    func everyMessageOfARevisionIsInTheCorpus(revision: ProtocolRevision) throws {
        let corpus = try Self.corpus()
        // What an older revision defines alike is enough.
        let methods = Set(corpus.compactMap { $0.json["method"]?.string })
        let answered = Set(corpus.compactMap { $0.json["result"] == nil ? nil : $0.answering })
        for definition in RevisionSchemas(revision: revision).definitions {
            #expect(methods.contains(definition.method), "no \(definition.method) in the corpus")
            if !definition.isNotification { #expect(answered.contains(definition.method), "no result of \(definition.method) in the corpus") }
        }
    }
}
