/** noVNC's client on a page of its own; its parameters are those of noVNC's vnc_lite.html: `path`, `title`. */
export const VNC_PAGE = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <title>Console</title>
    <style>
      html, body { margin: 0; height: 100%; background: #222; color: #eee; font: 14px sans-serif; }
      body { display: flex; flex-direction: column; }
      #status { margin: 0; padding: 6px 12px; }
      #screen { flex: 1; min-height: 0; }
    </style>
    <script type="module">
      import RFB from '/novnc/core/rfb.js';
      const asked = new URLSearchParams(location.search);
      document.title = asked.get('title') ?? 'Console';
      const status = document.getElementById('status');
      const say = (words) => (status.textContent = document.title + ': ' + words);
      const url = new URL(asked.get('path') ?? 'websockify', location.href);
      url.protocol = location.protocol === 'https:' ? 'wss:' : 'ws:';
      say('connecting');
      const rfb = new RFB(document.getElementById('screen'), url.href);
      rfb.scaleViewport = true;
      rfb.addEventListener('connect', () => {
        say('connected');
        rfb.focus();
      });
      rfb.addEventListener('disconnect', () => say('not connected; the link may be too old'));
    </script>
  </head>
  <body>
    <p id="status"></p>
    <div id="screen"></div>
  </body>
</html>
`;
