/// How a handler ends: with its result, or with questions of its own making.
///
/// Most handlers ask through `RequestContext.elicit` and never see this. One that returns `.inputRequired` keeps its own state: it runs again
/// with `RequestContext.inputResponses` and `RequestContext.requestState`, in both eras.
public enum HandlerOutcome<Value: Sendable>: Sendable {
    case complete(Value)
    case inputRequired(InputRequired)
}
