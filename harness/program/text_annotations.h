// The lines of the text form that are of the file and not of its program: what is known of it.
// Internal to the text codec; see text_cursor.h.
//
// Thread-safety: functions of their arguments.
#ifndef GROUPFUZZ_HARNESS_PROGRAM_TEXT_ANNOTATIONS_H_
#define GROUPFUZZ_HARNESS_PROGRAM_TEXT_ANNOTATIONS_H_

#include <string>

#include "harness/program/text_codec.h"
#include "harness/program/text_cursor.h"

namespace groupfuzz {

// Each takes the rest of its line, with the word that begins it, and adds it to *result.
bool ParseExpect(Cursor& cursor, TextProgram* result);
bool ParseDefect(Cursor& cursor, TextProgram* result);
bool ParseNever(Cursor& cursor, TextProgram* result);

// As these functions read them.
void AppendAnnotations(const TextProgram& text, std::string* out);

}  // namespace groupfuzz

#endif  // GROUPFUZZ_HARNESS_PROGRAM_TEXT_ANNOTATIONS_H_
