/* What was written and is not known to be saved, kept in this browser by the question that it answers. */

const PREFIX = "ictlead-draft/";

export const drafts = {
  keep(key, draft) {
    try {
      localStorage.setItem(PREFIX + key, JSON.stringify(draft));
    } catch {
      /* a browser that keeps nothing: the text still stands in the form */
    }
  },

  of(key) {
    try {
      return JSON.parse(localStorage.getItem(PREFIX + key));
    } catch {
      return null;
    }
  },

  forget(key) {
    try {
      localStorage.removeItem(PREFIX + key);
    } catch {
      /* nothing was kept */
    }
  },

  /** Every draft of one review, or of all. */
  all(review = "") {
    try {
      const keys = Object.keys(localStorage).filter((key) => key.startsWith(PREFIX + review));
      return keys.map((key) => this.of(key.slice(PREFIX.length))).filter(Boolean);
    } catch {
      return [];
    }
  },

  forgetAll() {
    try {
      for (const key of Object.keys(localStorage)) if (key.startsWith(PREFIX)) localStorage.removeItem(key);
    } catch {
      /* nothing was kept */
    }
  },
};
