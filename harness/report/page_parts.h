// What every page has: its style and its script. Colours come in pairs, for light and dark, with a
// contrast of at least 4.5 to 1 for text.
//
// Thread-safety: constants.
#ifndef GROUPFUZZ_HARNESS_REPORT_PAGE_PARTS_H_
#define GROUPFUZZ_HARNESS_REPORT_PAGE_PARTS_H_

#include <string_view>

namespace groupfuzz {

inline constexpr std::string_view kPageStyle = R"css(
:root{color-scheme:light dark;--bg:#fff;--fg:#1b1f24;--dim:#57606a;--line:#d0d7de;--head:#f3f5f7;
--bad:#b3001b;--badbg:#fff0f0;--chg:#fff3c4;--cur:#ddf0ff;--kernfs:#8a63d2;--device:#bc6c00;
--probe:#0a7f8f;--ops:#6b7a00;--group:#1f6feb}
@media (prefers-color-scheme:dark){:root{--bg:#101418;--fg:#e6edf3;--dim:#9aa6b2;--line:#39424d;
--head:#1a2027;--bad:#ff8f8f;--badbg:#3a1519;--chg:#4a3d0c;--cur:#12385c;--kernfs:#b392f0;
--device:#f0a33e;--probe:#4fc3d4;--ops:#c3cf4e;--group:#6cb0ff}}
*{box-sizing:border-box}
body{margin:0 auto;padding:1rem;max-width:100rem;background:var(--bg);color:var(--fg);
font:15px/1.45 system-ui,sans-serif}
h1{font-size:1.35rem;margin:.2rem 0}h2{font-size:1.05rem;margin:1.2rem 0 .3rem}
p,ul{margin:.3rem 0}code,pre,td,.mono{font-family:ui-monospace,monospace;font-size:13px}
pre{background:var(--head);border:1px solid var(--line);padding:.6rem;overflow-x:auto}
.dim{color:var(--dim)}.bad{color:var(--bad);font-weight:600}
.scroll{overflow-x:auto;border:1px solid var(--line)}
table{border-collapse:collapse;width:100%}
th{position:sticky;top:0;background:var(--head);text-align:left;font-weight:600;font-size:13px}
th,td{border-bottom:1px solid var(--line);padding:2px 8px;vertical-align:top;white-space:nowrap}
td.n{color:var(--dim);text-align:right}td.chg{background:var(--chg)}
td.lane{height:1px;padding:0 8px 0 4px;white-space:normal;min-width:13rem}
.in{display:flex;height:100%;min-height:1.5em}
.in i{flex:none;width:5px;margin-right:2px;background:var(--l)}
.in span{padding:2px 0 2px 4px}.op{font-weight:600}.wait{color:var(--dim);font-style:italic}
.kernfs{--l:var(--kernfs)}.device{--l:var(--device)}.probe{--l:var(--probe)}.ops{--l:var(--ops)}
.group{--l:var(--group)}
.key span{white-space:nowrap}
.key i{display:inline-block;width:5px;height:1em;margin:0 .3em 0 1em;vertical-align:-2px;
background:var(--l)}
tr.find td{background:var(--badbg);white-space:normal}
tr.cur td{background:var(--cur)}
.all{margin:.6rem 0;display:inline-block}
body:not(.every) tr.detail{display:none}
button{font:inherit;padding:.2rem .7rem}
@media print{.all,button,.keys{display:none}}
)css";

inline constexpr std::string_view kPageScript = R"js(
'use strict';
const rows=()=>[...document.querySelectorAll('tbody tr.step')].filter(r=>r.offsetParent!==null);
const all=document.getElementById('all');
all.addEventListener('change',()=>document.body.classList.toggle('every',all.checked));
let current=null;
function go(row){
  if(!row)return;
  if(current){current.classList.remove('cur');current.removeAttribute('aria-current');}
  current=row;row.classList.add('cur');row.setAttribute('aria-current','step');
  row.scrollIntoView({block:'nearest'});
  document.getElementById('where').textContent=row.dataset.say;
}
function move(by){
  const r=rows();const at=r.indexOf(current);
  go(r[Math.max(0,Math.min(r.length-1,at<0?(by>0?0:r.length-1):at+by))]);
}
function violated(){
  const r=rows().filter(x=>x.dataset.bad);
  go(r[(r.indexOf(current)+1)%r.length]);
}
document.addEventListener('keydown',e=>{
  if(e.ctrlKey||e.metaKey||e.altKey)return;
  if(e.key==='j'||e.key==='ArrowDown'){move(1);e.preventDefault();}
  if(e.key==='k'||e.key==='ArrowUp'){move(-1);e.preventDefault();}
  if(e.key==='v')violated();
});
document.getElementById('next').addEventListener('click',()=>move(1));
document.getElementById('previous').addEventListener('click',()=>move(-1));
document.getElementById('violated').addEventListener('click',violated);
document.getElementById('copy').addEventListener('click',()=>{
  const area=document.createRange();area.selectNodeContents(document.getElementById('program'));
  getSelection().removeAllRanges();getSelection().addRange(area);document.execCommand('copy');
});
)js";

}  // namespace groupfuzz

#endif  // GROUPFUZZ_HARNESS_REPORT_PAGE_PARTS_H_
