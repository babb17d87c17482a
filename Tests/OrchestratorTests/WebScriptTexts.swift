/// Texts for `WebScriptScenes`.
extension WebScriptScenes {
    static let sql = """
        select o.id, c.name as customer, o.total, o.ordered_on
        from orders o join customers c on c.id = o.customer_id
        order by o.total desc
        limit 10
        """

    static let orders = """
        These are the **ten largest orders**. The first three:

        | Order | Customer | Total |
        |---|---|---:|
        | 10423 | Blue Harbor | 8,809.25 |
        | 10416 | Café Lisboa | 8,498.00 |
        | 10409 | Adler & Söhne | 8,186.75 |

        Ask for `order lines` to see what was in them.
        """

    static let markdownParagraph = "A calm instrument says what happens, in the user's words, and shows what waits for them."

    static let markdown = """
        # A heading
        ## A second one

        Some *emphasis*, some **weight**, some ***both***, `code`, ~~gone~~ and snake_case_words.
        A link to [the specification](https://modelcontextprotocol.io/specification), a bare one: https://example.com/a_(b)?q=1.
        A bad one: [run](javascript:alert(1)). A picture: ![a chart](https://tracker.example/x.png)

        <script>alert(1)</script> <img src=x onerror=alert(1)>

        > A quotation
        > over two lines

        1. first
        2. second
           - inner
           - more

        - [x] done
        - [ ] open

        ```swift
        let server = Server("weather", version: "1.0.0") { Weather(api: .live) }
        try await server.serve(.stdio) // a comment that is so long that the block has to scroll sideways to show all of it
        ```

        | Name | Count |
        |:---|---:|
        | orders | 2,431 |
        | customers | 312 |

        ---

        The end.
        """

    static let mailsJSON = #"""
        {
          "emails": [
            {
              "id": "m-17", "from": {"name": "Acme Billing", "address": "billing@acme.example"}, "subject": "Invoice 2025-0042",
              "date": "2025-11-03T09:12:00Z",
              "snippet": "Dear customer, attached is the invoice for October. The amount is due in 14 days."
            },
            {
              "id": "m-9", "from": "Acme Billing <billing@acme.example>", "subject": "Reminder: invoice 2025-0031",
              "date": "2025-10-02T15:40:00Z", "snippet": "We have not seen your payment yet."
            }
          ],
          "total": 2
        }
        """#

    /// Every kind of field that an elicitation may have.
    static let exportForm = #"""
        {
          "type": "object",
          "properties": {
            "name": {"type": "string", "title": "File name", "minLength": 3, "maxLength": 40, "default": "orders"},
            "recipient": {"type": "string", "title": "Recipient", "format": "email", "description": "Who gets the file."},
            "page": {"type": "string", "title": "Page about it", "format": "uri"},
            "from": {"type": "string", "title": "First day", "format": "date", "default": "2025-01-01"},
            "at": {"type": "string", "title": "Send at", "format": "date-time"},
            "rows": {"type": "integer", "title": "Rows", "minimum": 1, "maximum": 5000, "default": 100},
            "discount": {"type": "number", "title": "Discount", "minimum": 0},
            "header": {"type": "boolean", "title": "With a header line", "default": true},
            "format": {"type": "string", "title": "Format", "enum": ["csv", "json"], "default": "csv"},
            "order": {
              "type": "string", "title": "Order",
              "oneOf": [{"const": "asc", "title": "Oldest first"}, {"const": "desc", "title": "Newest first"}]
            },
            "country": {
              "type": "string", "title": "Country", "enum": ["de", "fr", "it", "jp", "pt", "us"],
              "enumNames": ["Germany", "France", "Italy", "Japan", "Portugal", "United States"]
            },
            "columns": {
              "type": "array", "title": "Columns", "minItems": 1, "default": ["id"],
              "items": {"type": "string", "enum": ["id", "customer", "total"]}
            },
            "states": {
              "type": "array", "title": "States", "maxItems": 2,
              "items": {"anyOf": [{"const": "open", "title": "Open"}, {"const": "paid", "title": "Paid"}, {"const": "sent", "title": "Sent"}]}
            }
          },
          "required": ["name", "recipient", "rows", "order", "columns"]
        }
        """#
}
