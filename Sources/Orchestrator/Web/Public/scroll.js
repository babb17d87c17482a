// Follows what is written while the reader is at the bottom, and leaves the page alone when they are not.

const NEAR = 48;

export class Follower {
  #following = true;
  #top = 0;

  constructor(scroller, newest) {
    this.scroller = scroller;
    this.newest = newest;
    scroller.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    newest.addEventListener("click", () => {
      this.follow();
      scroller.focus({ preventScroll: true });
    });
    const observer = new ResizeObserver(() => this.onlyIfFollowing());
    observer.observe(scroller);
    for (const child of scroller.children) observer.observe(child);
  }

  follow() {
    this.#following = true;
    this.#toEnd();
  }

  /** Stops following until the reader is at the bottom again. */
  release() {
    this.#following = false;
  }

  onlyIfFollowing() {
    if (this.#following) this.#toEnd();
    else this.#show();
  }

  get #distance() {
    return this.scroller.scrollHeight - this.scroller.clientHeight - this.scroller.scrollTop;
  }

  #toEnd() {
    this.scroller.scrollTop = this.scroller.scrollHeight;
    this.#top = this.scroller.scrollTop;
    this.#show();
  }

  /** Only going up ends the following: text that grew since the last scroll makes a distance too. */
  #scrolled() {
    if (this.#distance <= NEAR) this.#following = true;
    else if (this.scroller.scrollTop < this.#top - 1) this.#following = false;
    this.#top = this.scroller.scrollTop;
    this.#show();
  }

  #show() {
    this.newest.hidden = this.#following || this.#distance <= NEAR;
  }
}
