import GRDB

/// The store's tables, version by version. A migration that was released is never changed: another one follows it.
enum SQLiteSchema {
    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1 conversations") { database in
            try database.create(table: "conversation", options: .strict) { table in
                table.primaryKey("id", .text)
                table.column("user", .text).notNull()
                table.column("title", .text).notNull()
                table.column("created_at", .integer).notNull()
                table.column("updated_at", .integer).notNull()
                table.column("sequence", .integer).notNull()
                table.column("is_running", .integer).notNull()
                table.column("input_tokens", .integer)
                table.column("output_tokens", .integer)
            }
            try database.create(index: "conversation_by_user", on: "conversation", columns: ["user", "updated_at"])
            try database.create(table: "entry", options: [.strict, .withoutRowID]) { table in
                table.column("conversation", .text).notNull().references("conversation", onDelete: .cascade)
                table.column("position", .integer).notNull()
                table.column("kind", .text).notNull()
                table.column("body", .text).notNull()
                table.column("search_text", .text).notNull()
                table.primaryKey(["conversation", "position"])
            }
            try database.create(table: "allowed_tool", options: [.strict, .withoutRowID]) { table in
                table.column("conversation", .text).notNull().references("conversation", onDelete: .cascade)
                table.column("server", .text).notNull()
                table.column("tool", .text).notNull()
                table.primaryKey(["conversation", "server", "tool"])
            }
        }
        migrator.registerMigration("2 client messages") { database in
            // A message that a page sends again after a broken line is known by the page's own id, even when it was edited away.
            try database.create(table: "client_message", options: [.strict, .withoutRowID]) { table in
                table.column("user", .text).notNull()
                table.column("client_id", .text).notNull()
                table.column("conversation", .text).notNull().references("conversation", onDelete: .cascade)
                table.primaryKey(["user", "client_id"])
            }
            try database.execute(
                sql: """
                    INSERT OR IGNORE INTO client_message (user, client_id, conversation)
                    SELECT conversation.user, json_extract(entry.body, '$.client'), conversation.id
                    FROM entry JOIN conversation ON conversation.id = entry.conversation
                    WHERE entry.kind = 'user'
                    """)
        }
        migrator.registerMigration("3 folded search") { database in
            // What a search looks through is kept folded, and the title too.
            let fold = DatabaseFunction("fold", argumentCount: 1, pure: true) { values in String.fromDatabaseValue(values[0]).map(SearchText.folded) }
            database.add(function: fold)
            defer { database.remove(function: fold) }
            try database.alter(table: "conversation") { $0.add(column: "search_title", .text).notNull().defaults(to: "") }
            try database.execute(sql: "UPDATE conversation SET search_title = fold(title)")
            try database.execute(sql: "UPDATE entry SET search_text = fold(search_text) WHERE search_text <> ''")
        }
        return migrator
    }
}
