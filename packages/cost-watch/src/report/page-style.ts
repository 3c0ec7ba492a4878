/** Light and dark, for a screen and for paper; colours that keep apart for those who tell few. */
export const pageStyle = `
:root{color-scheme:light dark;--ink:#1b1f24;--soft:#5a6472;--paper:#fff;--card:#f5f6f8;--line:#d9dde3;--source:#b45309;--target:#1d4ed8;--bad:#b91c1c}
@media (prefers-color-scheme:dark){:root{--ink:#e6e8eb;--soft:#9aa4b2;--paper:#14171b;--card:#1d2127;--line:#333a44;--source:#f59e0b;--target:#7aa2ff;--bad:#f87171}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:15px/1.5 system-ui,-apple-system,"Segoe UI",sans-serif}
main{max-width:920px;margin:0 auto;padding:24px 16px 48px}
h1{font-size:26px;margin:0}h2{font-size:16px;margin:0 0 8px}
.when{color:var(--soft);margin:0}.text{font-size:17px;margin:8px 0 0}
section{margin-top:28px}
.cards{display:grid;grid-template-columns:repeat(auto-fit,minmax(240px,1fr));gap:12px}
.card{background:var(--card);border-radius:8px;padding:14px 16px;border-top:3px solid var(--line)}
.card.source{border-top-color:var(--source)}.card.target{border-top-color:var(--target)}
.card p{margin:4px 0 0;color:var(--soft);font-size:13px}
.card .figure{color:var(--ink);font-size:26px;font-weight:600;margin:0}.figure small{font-size:14px;font-weight:400}
svg{width:100%;height:auto;display:block;overflow:visible}
svg text{fill:var(--ink);font:12px system-ui,sans-serif}svg .tick{fill:var(--soft)}
.grid{stroke:var(--line)}
.line{stroke-width:2}.line.source{stroke:var(--source)}.line.target{stroke:var(--target)}
.bar.source{fill:var(--source)}.bar.target{fill:var(--target)}
.mark line{stroke:var(--soft);stroke-dasharray:4 3}.mark.alarm line{stroke:var(--bad)}.mark.alarm text{fill:var(--bad)}
.legend span{margin-right:16px}.legend span::before{content:"";display:inline-block;width:18px;height:3px;margin-right:6px;vertical-align:middle;background:currentColor}
.legend .source{color:var(--source)}.legend .target{color:var(--target)}
ul{margin:0;padding-left:20px}.alarms li{color:var(--bad)}.holes{border-left:3px solid var(--bad);padding-left:12px}
.none{color:var(--soft)}
@media print{.card{border:1px solid var(--line)}}
`
