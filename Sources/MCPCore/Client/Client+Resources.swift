extension Client {
    /// All resources of the server, from all pages. One whose definition cannot be read is left out, with a diagnostic.
    public func listResources(options: RequestOptions = RequestOptions()) async throws -> [Resource] { try await resources(options: options).all() }

    /// The resources of the server, page by page as they are taken.
    public func resources(options: RequestOptions = RequestOptions()) -> ClientList<Resource> {
        list("resources/list", "resources", of: Resource.self, options: options)
    }

    /// All resource templates of the server, from all pages.
    public func listResourceTemplates(options: RequestOptions = RequestOptions()) async throws -> [ResourceTemplate] {
        try await resourceTemplates(options: options).all()
    }

    /// The resource templates of the server, page by page as they are taken.
    public func resourceTemplates(options: RequestOptions = RequestOptions()) -> ClientList<ResourceTemplate> {
        list("resources/templates/list", "resourceTemplates", of: ResourceTemplate.self, options: options)
    }

    /// Reads a resource.
    /// - Throws: `ClientError.resourceNotFound`; what `request` throws.
    public func readResource(_ uri: String, options: RequestOptions = RequestOptions()) async throws -> ReadResourceResult {
        let object: JSONObject
        do { object = try await request("resources/read", ["uri": .string(uri)], options: options) } catch let error as JSONRPCError {
            // Each era has its own code; the newer one shares it with other faults and gives the URI.
            let isMissing = error.code == .resourceNotFound || (error.code == .invalidParams && error.data?["uri"]?.string == uri)
            throw isMissing ? ClientError.resourceNotFound(uri: uri, error) : error
        }
        do { return try ReadResourceResult(json: .object(object)) } catch let error as JSONDecodingError {
            throw ClientError.invalidResult(method: "resources/read", reason: error.description)
        }
    }
}
