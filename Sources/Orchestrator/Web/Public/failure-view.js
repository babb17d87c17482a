// An error as three sentences: what, why, what now.

import { button, h, icon } from "./dom.js";

export function failureView(failure, { onRetry = null } = {}) {
  return h(
    "div",
    { class: "failure" },
    icon("alert"),
    h(
      "div",
      {},
      h("p", { class: "failure-what" }, failure.what),
      failure.why ? h("p", {}, failure.why) : null,
      failure.whatNow ? h("p", {}, failure.whatNow) : null,
      onRetry && failure.retryable ? h("div", { class: "buttons" }, button("Retry", { onClick: onRetry })) : null,
    ),
  );
}
