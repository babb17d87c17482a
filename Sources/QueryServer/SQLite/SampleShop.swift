import GRDB

/// The built-in sample database: a shop of household goods. Every run makes the same rows.
enum SampleShop {
    static let customerCount = 300
    static let orderCount = 1_500

    static func makeImage() throws -> SQLiteImage {
        try SQLiteImage { try fill($0) }
    }

    private static let schema = """
        CREATE TABLE customers ( -- People who have bought something, or may
            id INTEGER PRIMARY KEY, -- Customer number
            name TEXT NOT NULL, -- Full name
            email TEXT NOT NULL UNIQUE, -- Address for receipts
            city TEXT NOT NULL, -- Where orders are sent
            country TEXT NOT NULL, -- ISO 3166 code of two letters
            joined_on DATE NOT NULL -- Day of registration
        );
        CREATE TABLE categories ( -- Groups of products
            id INTEGER PRIMARY KEY, -- Category number
            name TEXT NOT NULL UNIQUE -- Name shown in the shop
        );
        CREATE TABLE products ( -- What the shop sells
            id INTEGER PRIMARY KEY, -- Product number
            name TEXT NOT NULL UNIQUE, -- Name shown in the shop
            category_id INTEGER NOT NULL REFERENCES categories(id), -- Group that the product is in
            price DECIMAL(10,2) NOT NULL, -- Price of one piece today, in euros
            stock INTEGER NOT NULL -- Pieces in the warehouse
        );
        CREATE TABLE orders ( -- One purchase of a customer
            id INTEGER PRIMARY KEY, -- Order number
            customer_id INTEGER NOT NULL REFERENCES customers(id), -- Who ordered
            ordered_at TIMESTAMP NOT NULL, -- Time of the order, UTC
            status TEXT NOT NULL CHECK (status IN ('paid', 'shipped', 'delivered', 'cancelled')), -- How far it is
            total DECIMAL(10,2) NOT NULL -- Amount of the whole order, in euros
        );
        CREATE TABLE order_lines ( -- The products of an order
            order_id INTEGER NOT NULL REFERENCES orders(id), -- Order that the line belongs to
            line INTEGER NOT NULL, -- Number of the line in its order
            product_id INTEGER NOT NULL REFERENCES products(id), -- What was bought
            quantity INTEGER NOT NULL, -- Pieces
            unit_price DECIMAL(10,2) NOT NULL, -- Price of one piece when it was bought, in euros
            PRIMARY KEY (order_id, line)
        );
        CREATE INDEX orders_by_customer ON orders (customer_id);
        CREATE INDEX orders_by_time ON orders (ordered_at);
        CREATE INDEX order_lines_by_product ON order_lines (product_id);
        CREATE VIEW monthly_sales AS -- Orders and income of each month, without cancelled orders
            SELECT strftime('%Y-%m', ordered_at) AS month, count(*) AS orders, round(sum(total), 2) AS income
            FROM orders WHERE status <> 'cancelled' GROUP BY month;
        """

    private static func fill(_ database: GRDB.Database) throws {
        try database.execute(sql: schema)
        var random = SplitMix64(state: 2026)
        try fillCustomers(database, &random)
        let prices = try fillProducts(database, &random)
        try fillOrders(database, prices: prices, &random)
        try database.execute(sql: "ANALYZE")
    }

    private static func fillCustomers(_ database: GRDB.Database, _ random: inout SplitMix64) throws {
        let insert = try database.makeStatement(
            sql: "INSERT INTO customers VALUES (?, ?, ?, ?, ?, date('2023-01-01', '+' || ? || ' days'))")
        for id in 1...customerCount {
            let first = firstNames[random.below(firstNames.count)]
            let last = lastNames[random.below(lastNames.count)]
            let (city, country) = cities[random.below(cities.count)]
            let email = "\(first).\(last).\(id)@example.com".lowercased()
            try insert.execute(arguments: [id, "\(first) \(last)", email, city, country, random.below(1_000)])
        }
    }

    /// Returns the price of each product in cents, by number less one.
    private static func fillProducts(_ database: GRDB.Database, _ random: inout SplitMix64) throws -> [Int] {
        let insertCategory = try database.makeStatement(sql: "INSERT INTO categories VALUES (?, ?)")
        let insertProduct = try database.makeStatement(sql: "INSERT INTO products VALUES (?, ?, ?, ?, ?)")
        var prices: [Int] = []
        for (category, group) in goods.enumerated() {
            try insertCategory.execute(arguments: [category + 1, group.name])
            for thing in group.things {
                for material in materials {
                    let cents = 395 + random.below(group.dearest * 100) / 5 * 5
                    prices.append(cents)
                    try insertProduct.execute(
                        arguments: [prices.count, "\(material) \(thing)", category + 1, Double(cents) / 100, random.below(400)])
                }
            }
        }
        return prices
    }

    private static func fillOrders(_ database: GRDB.Database, prices: [Int], _ random: inout SplitMix64) throws {
        let insertOrder = try database.makeStatement(
            sql: "INSERT INTO orders VALUES (?, ?, datetime('2025-01-01 08:00:00', '+' || ? || ' minutes'), ?, ?)")
        let insertLine = try database.makeStatement(sql: "INSERT INTO order_lines VALUES (?, ?, ?, ?, ?)")
        var minute = 0
        for order in 1...orderCount {
            minute += 60 + random.below(660)
            // Every fortieth order is a large one.
            let large = order % 40 == 0
            let lines = (1...(1 + random.below(large ? 6 : 4))).map { line in
                (line: line, product: random.below(prices.count), quantity: large ? 5 + random.below(20) : 1 + random.below(3))
            }
            let total = lines.reduce(0) { $0 + prices[$1.product] * $1.quantity }
            let status =
                order > orderCount - 20 ? "paid" : order > orderCount - 60 ? "shipped" : random.below(20) == 0 ? "cancelled" : "delivered"
            try insertOrder.execute(arguments: [order, 1 + random.below(customerCount), minute, status, Double(total) / 100])
            for line in lines {
                try insertLine.execute(
                    arguments: [order, line.line, line.product + 1, line.quantity, Double(prices[line.product]) / 100])
            }
        }
    }

    private static let firstNames = [
        "Ada", "Amir", "Beatriz", "Chen", "Daria", "Elif", "Emil", "Fatou", "Greta", "Hugo", "Ines", "Jonas", "Kofi", "Lena", "Mateo",
        "Nadia", "Oskar", "Priya", "Rosa", "Sven", "Tomas", "Yuki",
    ]
    private static let lastNames = [
        "Almeida", "Berger", "Costa", "Diallo", "Eriksen", "Fischer", "Garcia", "Haas", "Ivanova", "Jansen", "Kaya", "Lindqvist", "Moreau",
        "Novak", "Okafor", "Petrov", "Rossi", "Silva", "Tanaka", "Weber",
    ]
    private static let cities = [
        ("Lisbon", "PT"), ("Porto", "PT"), ("Berlin", "DE"), ("Hamburg", "DE"), ("Lyon", "FR"), ("Paris", "FR"), ("Madrid", "ES"),
        ("Vienna", "AT"), ("Oslo", "NO"), ("Prague", "CZ"), ("Milan", "IT"), ("Ghent", "BE"),
    ]
    private static let materials = ["Oak", "Steel", "Linen", "Clay", "Glass"]
    private static let goods: [(name: String, things: [String], dearest: Int)] = [
        ("Kitchen", ["Bowl", "Jar", "Tray", "Cup"], 45),
        ("Lighting", ["Lamp", "Lantern"], 140),
        ("Furniture", ["Stool", "Shelf", "Side Table"], 320),
        ("Garden", ["Planter", "Bird Bath"], 90),
        ("Office", ["Pen Holder", "Desk Organiser", "Clock"], 70),
    ]
}

/// A small generator of numbers that is the same on every machine (SplitMix64, Steele and others, 2014).
struct SplitMix64 {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }

    /// A number from 0 up to, but not including, `bound`.
    mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }
}
