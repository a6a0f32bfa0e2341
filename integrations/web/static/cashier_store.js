"use strict";
/* What must not be lost when the page or the device dies: what was redeemed and has not gone to the house yet (queue),
   what the page is in the middle of, and the list for an outage. A write is done when its transaction is. */
const Store = (() => {
  let opened = null;

  function open() {
    opened = opened || new Promise((resolve, reject) => {
      const asked = indexedDB.open("cashier", 1);
      asked.onupgradeneeded = () => {
        asked.result.createObjectStore("kept");
        asked.result.createObjectStore("queue", { keyPath: "id" });
      };
      asked.onsuccess = () => resolve(asked.result);
      asked.onerror = () => reject(asked.error);
    });
    return opened;
  }

  async function work(name, mode, doing) {
    const database = await open();
    return new Promise((resolve, reject) => {
      const transaction = database.transaction(name, mode, { durability: "strict" });
      const asked = doing(transaction.objectStore(name));
      transaction.oncomplete = () => resolve(asked.result);
      transaction.onerror = transaction.onabort = () => reject(transaction.error);
    });
  }

  return {
    get: (key) => work("kept", "readonly", (store) => store.get(key)),
    put: (key, value) => work("kept", "readwrite", (store) => store.put(value, key)),
    drop: (key) => work("kept", "readwrite", (store) => store.delete(key)),
    enqueue: (item) => work("queue", "readwrite", (store) => store.put(item)),
    dequeue: (id) => work("queue", "readwrite", (store) => store.delete(id)),
    queue: async () => (await work("queue", "readonly", (store) => store.getAll())).sort((a, b) => a.n - b.n),
  };
})();
