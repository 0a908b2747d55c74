#include "harness/report/page_parts.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "harness/program/strings.h"

namespace groupfuzz {
namespace {

constexpr std::string_view kPageStyle = R"css(*{box-sizing:border-box}
body{margin:0 auto;padding:1rem;max-width:100rem;background:var(--bg);color:var(--fg);
font:15px/1.45 system-ui,sans-serif}
h1{font-size:1.35rem;margin:.2rem 0}h2{font-size:1.05rem;margin:1.2rem 0 .3rem}
p,ul{margin:.3rem 0}code,pre,td,.mono{font-family:ui-monospace,monospace;font-size:13px}
pre{background:var(--head);border:1px solid var(--line);padding:.6rem;white-space:pre-wrap;
overflow-wrap:anywhere}
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
.execution:not(.every) tr.detail{display:none}
.designs td{white-space:normal;min-width:6rem}dt{float:left;clear:left;min-width:3rem}
dd{margin:0 0 .2rem 3rem}summary{cursor:pointer;padding:.2rem 0}details{scroll-margin-top:1rem}
details>div{padding-left:1rem;border-left:3px solid var(--line)}
button{font:inherit;padding:.2rem .7rem}
@media print{.all,button,.keys{display:none}}
)css";

// A page may show several executions: keys step through the one that was last opened or used.
constexpr std::string_view kPageScript = R"js(
'use strict';
const all=[...document.querySelectorAll('.execution')];
let here=all[0];
const shown=x=>[...x.querySelectorAll('tr.step')].filter(r=>r.offsetParent!==null);
function go(row){
  if(!row)return;
  const old=here.querySelector('tr.cur');
  if(old){old.classList.remove('cur');old.removeAttribute('aria-current');}
  row.classList.add('cur');row.setAttribute('aria-current','step');
  row.scrollIntoView({block:'nearest'});
  here.querySelector('.where').textContent=row.dataset.say;
}
function move(by){
  const r=shown(here);const at=r.indexOf(here.querySelector('tr.cur'));
  go(r[Math.max(0,Math.min(r.length-1,at<0?(by>0?0:r.length-1):at+by))]);
}
function violated(){
  const r=shown(here).filter(x=>x.dataset.bad);
  go(r[(r.indexOf(here.querySelector('tr.cur'))+1)%r.length]);
}
function copy(){
  const area=document.createRange();area.selectNodeContents(here.querySelector('.program'));
  getSelection().removeAllRanges();getSelection().addRange(area);document.execCommand('copy');
}
document.addEventListener('keydown',e=>{
  if(!here||e.ctrlKey||e.metaKey||e.altKey||!shown(here).length)return;
  if(e.key==='j'||e.key==='ArrowDown'){move(1);e.preventDefault();}
  if(e.key==='k'||e.key==='ArrowUp'){move(-1);e.preventDefault();}
  if(e.key==='v')violated();
});
const actions={next:()=>move(1),previous:()=>move(-1),violated,copy};
for(const x of all){
  x.addEventListener('focusin',()=>{here=x;});
  for(const b of x.querySelectorAll('button'))
    b.addEventListener('click',()=>{here=x;actions[b.className]();});
  const every=x.querySelector('.all input');
  every.addEventListener('change',()=>x.classList.toggle('every',every.checked));
}
document.addEventListener('toggle',e=>{
  if(e.target.open)here=e.target.querySelector('.execution')||here;
},true);
function reveal(){
  const to=document.getElementById(location.hash.slice(1));
  const closed=to&&to.closest('details');
  if(closed&&!closed.open){closed.open=true;to.scrollIntoView();}
}
addEventListener('hashchange',reveal);reveal();
)js";

}  // namespace

std::string Escaped(std::string_view text) {
  return absl::StrReplaceAll(Abseil(text),
                             {{"&", "&amp;"}, {"<", "&lt;"}, {">", "&gt;"}, {"\"", "&quot;"}});
}

std::string Element(const char* tag, std::string_view attributes, std::string_view html) {
  return absl::StrCat("<", tag, attributes.empty() ? "" : " ", Abseil(attributes), ">",
                      Abseil(html), "</", tag, ">");
}

std::string HtmlDocument(const std::string& title, const std::string& main) {
  const std::string text = Escaped(title);
  return absl::StrCat("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n",
                      "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n",
                      "<title>", text, "</title>\n<style>", Abseil(kPageColours),
                      Abseil(kPageStyle), "</style>\n</head>\n<body>\n<main>\n<h1>", text,
                      "</h1>\n", main, "</main>\n<script>", Abseil(kPageScript),
                      "</script>\n</body>\n</html>\n");
}

}  // namespace groupfuzz
