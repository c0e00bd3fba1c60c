// The server's API: only what changed is sent, and every failure has words.

const UNREACHABLE = {
  message: 'The server of this page does not answer.',
  remedy: '`headwater status` shows whether it runs.',
};

export class Api {
  constructor() {
    this.tag = '';
    this.cursor = '';
    this.ahead = 0; // how many seconds the server's clock is ahead of ours
  }

  /** {document} with the newest states, {} when nothing changed, or {error}. */
  async flights() {
    const headers = this.tag ? {'If-None-Match': this.tag} : {};
    const {response, error} = await this.#get('api/flights', headers);
    if (error) return {error};
    if (response.status === 304) return {};
    const document = await response.json();
    if (!response.ok) return {error: document.error};
    this.tag = response.headers.get('ETag') ?? '';
    return {document};
  }

  /** {points, whole} that came since the last call, or {error}. */
  async trails() {
    const {response, error} = await this.#get(`api/trails?after=${encodeURIComponent(this.cursor)}`);
    if (error) return {error};
    const document = await response.json();
    if (response.ok) this.cursor = document.cursor;
    return document;
  }

  async #get(path, headers = {}) {
    try {
      const response = await fetch(path, {headers, cache: 'no-store'});
      this.ahead = Number(response.headers.get('X-Server-Time')) - Date.now() / 1000;
      return {response};
    } catch {
      return {error: UNREACHABLE};
    }
  }
}
