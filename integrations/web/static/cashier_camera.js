"use strict";
/* The camera as a scanner: the browser's own detector where there is one, else ZXing on every picture. */
const Camera = (() => {
  const OWN = ["qr_code", "code_128", "ean_13", "upc_a"];
  const EVERY = 120;  // milliseconds between two looks
  let stream = null, timer = 0, turn = 0;

  async function ownDetector() {
    if (!("BarcodeDetector" in window)) return null;
    const known = await BarcodeDetector.getSupportedFormats().catch(() => []);
    return known.includes("qr_code") ? new BarcodeDetector({ formats: OWN.filter((one) => known.includes(one)) }) : null;
  }

  function load(address) {
    return window.ZXing ? Promise.resolve() : new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = address;
      script.onload = resolve;
      script.onerror = reject;
      document.head.append(script);
    });
  }

  async function looking(decoder) {
    const own = await ownDetector();
    if (own) return async (video) => { const [first] = await own.detect(video); return first ? first.rawValue : ""; };
    await load(decoder);
    const canvas = document.createElement("canvas"), reader = new ZXing.MultiFormatReader();
    const formats = [ZXing.BarcodeFormat.QR_CODE, ZXing.BarcodeFormat.CODE_128, ZXing.BarcodeFormat.EAN_13, ZXing.BarcodeFormat.UPC_A];
    reader.setHints(new Map([[ZXing.DecodeHintType.POSSIBLE_FORMATS, formats], [ZXing.DecodeHintType.TRY_HARDER, true]]));
    return async (video) => {
      const scale = Math.min(1, 960 / video.videoWidth);
      canvas.width = Math.round(video.videoWidth * scale);
      canvas.height = Math.round(video.videoHeight * scale);
      canvas.getContext("2d", { willReadFrequently: true }).drawImage(video, 0, 0, canvas.width, canvas.height);
      try {
        const picture = new ZXing.HTMLCanvasElementLuminanceSource(canvas);
        return reader.decodeWithState(new ZXing.BinaryBitmap(new ZXing.HybridBinarizer(picture))).getText();
      } catch { return ""; }
    };
  }

  /* Look until something is read; `found` hears it once. Raises where there is no camera, or it is not allowed. */
  async function open(video, decoder, found) {
    close();
    const mine = turn;
    const given = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment", width: { ideal: 1280 } } });
    if (mine !== turn) { stop(given); return; }  // closed while it was opening
    stream = given;
    video.srcObject = stream;
    await video.play();
    const look = await looking(decoder);
    const again = async () => {
      if (mine !== turn) return;
      const text = video.videoWidth ? await look(video).catch(() => "") : "";
      if (mine !== turn) return;
      if (text) { close(); found(text); } else timer = setTimeout(again, EVERY);
    };
    again();
  }

  const stop = (one) => one.getTracks().forEach((track) => track.stop());

  function close() {
    clearTimeout(timer);
    turn += 1;
    if (stream) stop(stream);
    stream = null;
  }

  return { open, close };
})();
