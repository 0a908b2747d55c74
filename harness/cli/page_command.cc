// `groupfuzz page`: the page of a review, or answers to its patches, from what
// `ci/review --format=json` prints.
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "harness/cli/command.h"
#include "harness/cli/flags.h"
#include "harness/cli/page.h"
#include "harness/compare/review_mail.h"
#include "harness/compare/review_page.h"
#include "harness/program/output.h"
#include "harness/program/program_file.h"
#include "harness/program/text_codec.h"
#include "harness/report/execution_json.h"

namespace groupfuzz::cli {
namespace {

// What of a document cannot be used; its message ends a sentence.
class Unusable : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

std::string TextOf(const Json& value) { return value.is_null() ? "" : value.get<std::string>(); }

const Property* PropertyOf(const Json& id) {
  const Property* property = FindProperty(id.get<std::string>());
  if (property == nullptr) throw Unusable("unknown property '" + id.get<std::string>() + "'");
  return property;
}

std::vector<const Property*> PropertiesOf(const Json& ids) {
  std::vector<const Property*> properties;
  for (const Json& id : ids) properties.push_back(PropertyOf(id));
  return properties;
}

ReviewedExample ExampleOf(const Json& json) {
  const std::string name = json.at("design").get<std::string>();
  const Design* design = FindDesign(name);
  if (design == nullptr) throw Unusable("this groupfuzz has no design '" + name + "'");
  const absl::StatusOr<TextProgram> program =
      ParseText(json.at("program").get<std::string>(), "program");
  if (!program.ok()) throw Unusable(std::string(program.status().message()));
  return {.design = design,
          .property = PropertyOf(json.at("property")),
          .source = json.at("source").get<std::string>(),
          .program = program->program};
}

ReviewedPatch PatchOf(const Json& json) {
  ReviewedPatch patch{.step = json.at("step").get<std::string>(),
                      .title = json.at("title").get<std::string>(),
                      .message_id = TextOf(json.at("message_id")),
                      .not_judged = TextOf(json.at("not_judged")),
                      .unknown = TextOf(json.at("unknown")),
                      .changed = TextOf(json.at("changed")),
                      .repairs = PropertiesOf(json.at("repairs")),
                      .stays = PropertiesOf(json.at("stays"))};
  for (const Json& brought : json.at("brings")) {
    patch.brings.push_back({.property = PropertyOf(brought.at("property")),
                            .gone_with = TextOf(brought.at("gone_with"))});
  }
  for (const Json& example : json.at("counterexamples")) {
    patch.examples.push_back(ExampleOf(example));
  }
  return patch;
}

ReviewedAgainst AgainstOf(const Json& json) {
  ReviewedAgainst against{.series = json.at("series").get<std::string>(),
                          .with = json.at("with").get<std::string>(),
                          .unknown = TextOf(json.at("unknown")),
                          .unknown_with = TextOf(json.at("unknown_with")),
                          .also_repairs = PropertiesOf(json.at("also_repairs")),
                          .no_longer_repairs = PropertiesOf(json.at("no_longer_repairs"))};
  for (const Json& finding : json.at("findings")) {
    const Json& example = finding.at("counterexample");
    against.findings.push_back({.property = PropertyOf(finding.at("property")),
                                .what = finding.at("what").get<std::string>(),
                                .unknown_of = TextOf(finding.at("unknown_of")),
                                .why = TextOf(finding.at("why"))});
    if (!example.is_null()) against.findings.back().example = ExampleOf(example);
  }
  return against;
}

absl::StatusOr<Review> ReviewOf(const std::string& path) {
  const absl::StatusOr<std::string> text = ReadFile(path);
  if (!text.ok()) return text.status();
  try {
    const Json json = Json::parse(*text);
    if (TextOf(json.at("schema")) != "groupfuzz.review") throw Unusable("is no review");
    Review review{.tree = json.at("tree").get<std::string>(), .patches = {}};
    for (const Json& patch : json.at("patches")) review.patches.push_back(PatchOf(patch));
    // What was printed before there was --against has none.
    const Json against = json.value("against", Json());
    if (!against.is_null()) review.against = AgainstOf(against);
    return review;
  } catch (const Unusable& unusable) {
    return absl::InvalidArgumentError(absl::StrCat(path, ": ", unusable.what()));
  } catch (const Json::exception&) {
    return absl::InvalidArgumentError(absl::StrCat(path, ": is no review; see docs/json.md"));
  }
}

// What the mail of a patch was, from what ci/review keeps of each step.
absl::StatusOr<PatchMail> PatchMailOf(const std::string& folder, const std::string& step) {
  const absl::StatusOr<std::string> diff = ReadFile(absl::StrCat(folder, "/", step, ".patch"));
  if (!diff.ok()) return diff.status();
  const absl::StatusOr<std::string> subject = ReadFile(absl::StrCat(folder, "/", step, ".subject"));
  if (!subject.ok()) return subject.status();
  return PatchMail{.subject = std::string(absl::StripAsciiWhitespace(*subject)), .diff = *diff};
}

// One file a patch that brings something, each of which is named on standard output.
absl::Status WriteMails(const Review& review, const std::string& folder,
                        const std::string& patches) {
  if (absl::Status made = MakeOutputFolder(folder); !made.ok()) return made;
  for (size_t i = 0; i < review.patches.size(); ++i) {
    if (review.patches[i].brings.empty()) continue;
    const absl::StatusOr<PatchMail> patch = PatchMailOf(patches, review.patches[i].step);
    if (!patch.ok()) return patch.status();
    const std::string path = absl::StrCat(folder, "/", MailFileName(review, i));
    if (absl::Status written = WriteOutput(path, ReviewMail(review, i, *patch)); !written.ok()) {
      return written;
    }
    absl::PrintF("%s\n", path);
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<ExitStatus> PageCommand(const Arguments& arguments) {
  const std::string mails = absl::GetFlag(FLAGS_mail);
  const std::string patches = absl::GetFlag(FLAGS_patches);
  if (!WantsPage() && mails.empty()) {
    return absl::InvalidArgumentError(
        "--html says where the page is written to, --mail where the mails are");
  }
  if (mails.empty() != patches.empty()) {
    return absl::InvalidArgumentError("--mail and --patches go together: mails quote the patches");
  }
  const absl::StatusOr<Review> review = ReviewOf(arguments[0]);
  if (!review.ok()) return review.status();
  if (WantsPage()) {
    if (absl::Status page = WritePageText(ReviewPage(*review, SubjectOn)); !page.ok()) return page;
  }
  if (!mails.empty()) {
    if (absl::Status written = WriteMails(*review, mails, patches); !written.ok()) return written;
  }
  return ExitStatus::kClean;
}

}  // namespace groupfuzz::cli
