// What pages and pictures have in common: colours, the words and classes of locks, escaping, and
// the frame of a page with its style and its script.
//
// Colours come in pairs, for light and dark, with a contrast of at least 4.5 to 1 for text. A page
// needs neither network nor script: the script adds stepping by keyboard.
//
// Thread-safety: constants and pure functions.
#ifndef GROUPFUZZ_HARNESS_REPORT_PAGE_PARTS_H_
#define GROUPFUZZ_HARNESS_REPORT_PAGE_PARTS_H_

#include <array>
#include <string>
#include <string_view>

#include "harness/report/lock_timeline.h"
#include "target/kernel/lock.h"

namespace groupfuzz {

// CSS: variables on :root, which is the root of a page and of a picture.
inline constexpr std::string_view kPageColours = R"css(
:root{color-scheme:light dark;--bg:#fff;--fg:#1b1f24;--dim:#57606a;--line:#d0d7de;--head:#f3f5f7;
--bad:#b3001b;--badbg:#fff0f0;--chg:#fff3c4;--cur:#ddf0ff;--kernfs:#8a63d2;--device:#bc6c00;
--probe:#0a7f8f;--ops:#6b7a00;--group:#1f6feb}
@media (prefers-color-scheme:dark){:root{--bg:#101418;--fg:#e6edf3;--dim:#9aa6b2;--line:#39424d;
--head:#1a2027;--bad:#ff8f8f;--badbg:#3a1519;--chg:#4a3d0c;--cur:#12385c;--kernfs:#b392f0;
--device:#f0a33e;--probe:#4fc3d4;--ops:#c3cf4e;--group:#6cb0ff}}
)css";

// Of the classes of locks: CSS class, and name of its colour.
inline constexpr std::array<const char*, kernel::kLockClasses> kLockStyles = {
    "kernfs", "device", "probe", "ops", "group"};
inline const char* LockStyle(const NamedLock& lock) {
  return kLockStyles[static_cast<size_t>(lock.lock_class)];
}

// Text for HTML and SVG, also within an attribute.
std::string Escaped(std::string_view text);

// A whole page: `title` is text, `main` what is below it, in HTML.
std::string HtmlDocument(const std::string& title, const std::string& main);

// What stands in a table between <td> and </td>, <th> and </th> and the like.
std::string Element(const char* tag, std::string_view attributes, std::string_view html);

}  // namespace groupfuzz

#endif  // GROUPFUZZ_HARNESS_REPORT_PAGE_PARTS_H_
