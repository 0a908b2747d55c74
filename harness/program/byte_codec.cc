#include "harness/program/byte_codec.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <string_view>

#include "harness/program/program_words.h"

namespace groupfuzz {
namespace {

using std::string_view_literals::operator""sv;

constexpr int kThreadShift = 6;
constexpr uint8_t kOpFlag = 0x20;
constexpr int kFaultKindShift = 5;
constexpr uint8_t kErrnoMask = 0x0f;
constexpr uint8_t kRandomTail = 0x20;
constexpr uint8_t kTextMask = 0x3f;
constexpr uint8_t kSpelledOut = 63;
constexpr int kKnownWords = 4;
constexpr uint8_t kLengthMask = 0x1f;
constexpr uint8_t kPadded = 0x80;
constexpr int kCapabilitiesShift = 6;
constexpr int kDeviceFlagShift = 2;
constexpr int kDriverFlagShift = 4;

constexpr WriteBuffer Text(std::string_view literal, uint16_t padding = 0) {
  WriteBuffer text;
  text.size = static_cast<uint8_t>(literal.size());
  std::copy(literal.begin(), literal.end(), text.bytes.begin());
  text.padding = padding;
  return text;
}

constexpr std::array kTexts = {
    // What store_type accepts.
    Text("identity\n"),
    Text("DMA\n"),
    Text("DMA-FQ\n"),
    Text("auto\n"),
    Text("identity"),
    Text("DMA"),
    Text("DMA-FQ"),
    Text("auto"),
    Text("DMA\0"sv),
    Text("DMA\n\0junk"sv),
    Text("DMA\0junk"sv),
    Text("DMA-FQ\0"sv),
    Text("identity\0junk"sv),
    // More than fits: a page is 4096 bytes.
    Text("DMA\n", 4092),
    Text("DMA\n", 4093),
    Text("identity", 5000),
    // What it does not.
    Text("DMA\n\n"),
    Text(" DMA"),
    Text("DMA "),
    Text("dma"),
    Text("DMA-"),
    Text("\n"),
    Text("\0"sv),
    Text("DMAx"),
    Text(""),
    Text("blocked\n"),
    Text("unmanaged\n"),
    Text("unknown\n"),
    Text("DMA-FQ\n\n"),
    Text("identity\r\n"),
    Text("", 4097),
};
static_assert(kTexts.size() < kSpelledOut);

// Reads zeros past the end.
class Reader {
 public:
  explicit Reader(std::span<const uint8_t> bytes)
      : next_(bytes.data()), end_(bytes.data() + bytes.size()) {}

  bool done() const { return next_ == end_; }
  size_t left() const { return static_cast<size_t>(end_ - next_); }
  uint8_t Byte() { return done() ? 0 : *next_++; }
  uint32_t Number(int bytes) {
    uint32_t value = 0;
    for (int i = 0; i < bytes; ++i) value |= uint32_t{Byte()} << (8 * i);
    return value;
  }
  std::span<const uint8_t> Bytes(size_t count) {
    const std::span<const uint8_t> result(next_, std::min(count, left()));
    next_ += result.size();
    return result;
  }

 private:
  const uint8_t* next_;
  const uint8_t* end_;
};

// Drops what does not fit and remembers that it did.
class Writer {
 public:
  explicit Writer(std::span<uint8_t> out) : out_(out) {}

  size_t size() const { return size_; }
  bool fits() const { return size_ <= out_.size(); }
  void Byte(uint8_t byte) {
    if (size_ < out_.size()) out_[size_] = byte;
    ++size_;
  }
  void Number(uint32_t value, int bytes) {
    for (int i = 0; i < bytes; ++i) Byte(static_cast<uint8_t>(value >> (8 * i)));
  }

 private:
  std::span<uint8_t> out_;
  size_t size_ = 0;
};

template <typename Struct, size_t kSize>
void SetFlags(const std::array<Flag<Struct>, kSize>& flags, uint32_t bits, Struct* value) {
  for (size_t i = 0; i < kSize; ++i) flags[i].Set(value, (bits >> i) & 1);
}

template <typename Struct, size_t kSize>
uint32_t GetFlags(const std::array<Flag<Struct>, kSize>& flags, const Struct& value) {
  uint32_t bits = 0;
  for (size_t i = 0; i < kSize; ++i) bits |= uint32_t{flags[i].In(value)} << i;
  return bits;
}

// The value whose index is in the two low bits of `bits`.
template <typename Enum, size_t kSize>
Enum Pick(const std::array<Word<Enum>, kSize>& words, uint32_t bits) {
  const size_t index = bits & 3;
  return words[index < kSize ? index : 0].value;
}

// Bits of a device beyond its byte, in the byte that all devices share.
constexpr uint32_t kSharedFlag = uint32_t{1} << 6;

DeviceConfig DecodeDevice(uint8_t byte, bool shared_flag) {
  DeviceConfig device;
  device.preference = Pick(kPreferences, byte);
  SetFlags(kDeviceFlags, (uint32_t{byte} >> kDeviceFlagShift) | (shared_flag ? kSharedFlag : 0),
           &device);
  return device;
}

void DecodeHeader(Reader* reader, Program* program) {
  reader->Byte();  // one version: nothing depends on it
  const uint8_t machine = reader->Byte();
  const uint8_t driver = reader->Byte();
  const uint8_t shared_flags = reader->Byte();
  Configuration& configuration = program->configuration;
  configuration.device_count = 1 + (machine & 3);
  configuration.default_type = Pick(kDefaultTypes, machine >> 2);
  program->thread_count = 1 + ((machine >> 4) & 3);
  configuration.driver.identity = Pick(kIdentitySupports, driver);
  configuration.driver.blocked = Pick(kBlockedSupports, driver >> 2);
  SetFlags(kDriverFlags, driver >> kDriverFlagShift, &configuration.driver);
  for (int i = 0; i < kMaxDevices; ++i) {
    configuration.devices[i] = DecodeDevice(reader->Byte(), (shared_flags >> i) & 1);
  }
}

void EncodeHeader(const Program& program, Writer* writer) {
  const Configuration& configuration = program.configuration;
  const DriverConfig& driver = configuration.driver;
  writer->Byte(kByteVersion);
  writer->Byte(static_cast<uint8_t>((configuration.device_count - 1) |
                                    IndexOf(kDefaultTypes, configuration.default_type) << 2 |
                                    (program.thread_count - 1) << 4));
  writer->Byte(static_cast<uint8_t>(IndexOf(kIdentitySupports, driver.identity) |
                                    IndexOf(kBlockedSupports, driver.blocked) << 2 |
                                    GetFlags(kDriverFlags, driver) << kDriverFlagShift));
  uint8_t shared_flags = 0;
  for (int i = 0; i < kMaxDevices; ++i) {
    const bool shared = GetFlags(kDeviceFlags, configuration.devices[i]) & kSharedFlag;
    shared_flags = static_cast<uint8_t>(shared_flags | shared << i);
  }
  writer->Byte(shared_flags);
  for (const DeviceConfig& device : configuration.devices) {
    const uint32_t flags = GetFlags(kDeviceFlags, device) & ~kSharedFlag;
    writer->Byte(
        static_cast<uint8_t>(IndexOf(kPreferences, device.preference) | flags << kDeviceFlagShift));
  }
}

void DecodeSpelledOut(Reader* reader, WriteBuffer* text) {
  const uint8_t shape = reader->Byte();
  const std::span<const uint8_t> bytes =
      reader->Bytes(std::min<size_t>(shape & kLengthMask, kMaxTextBytes));
  text->size = static_cast<uint8_t>(bytes.size());
  if (!bytes.empty()) std::memcpy(text->bytes.data(), bytes.data(), bytes.size());
  text->padding = shape & kPadded ? static_cast<uint16_t>(reader->Number(2)) : 0;
}

void DecodeText(uint8_t argument, Reader* reader, Op* op) {
  op->capabilities = kCapabilities[argument >> kCapabilitiesShift].value;
  const size_t code = argument & kTextMask;
  if (code == kSpelledOut) {
    DecodeSpelledOut(reader, &op->text);
  } else {
    op->text = kTexts[code < kTexts.size() ? code : code % kKnownWords];
  }
}

void EncodeText(const Op& op, Writer* writer) {
  const auto known = std::find(kTexts.begin(), kTexts.end(), op.text);
  const size_t code = known == kTexts.end() ? kSpelledOut : known - kTexts.begin();
  writer->Byte(
      static_cast<uint8_t>(code | static_cast<uint8_t>(op.capabilities) << kCapabilitiesShift));
  if (code != kSpelledOut) return;
  writer->Byte(static_cast<uint8_t>(op.text.size | (op.text.padding != 0 ? kPadded : 0)));
  for (const char c : op.text.literal()) writer->Byte(static_cast<uint8_t>(c));
  if (op.text.padding != 0) writer->Number(op.text.padding, 2);
}

void DecodeOp(uint8_t tag, Reader* reader, Program* program) {
  int thread = tag >> kThreadShift;
  while (thread >= program->thread_count) thread -= program->thread_count;
  std::vector<Op>& ops = program->threads[thread];
  Op spare;  // for an op too many
  Op& op = ops.size() < kMaxOps ? ops.emplace_back() : spare;
  op.kind = static_cast<OpKind>(tag & kTagMask);
  const uint8_t argument = reader->Byte();
  if (TraitsOf(op.kind).text) return DecodeText(argument, reader, &op);
  op.device = argument & 3;
  op.cookie = (argument >> 2) & 3;
  op.domain = (argument >> 4) & 3;
  op.pasid = static_cast<uint8_t>(1 + (argument >> 6));
  op.flag = tag & kOpFlag;
}

void EncodeOp(const Op& op, int thread, Writer* writer) {
  writer->Byte(static_cast<uint8_t>(static_cast<uint8_t>(op.kind) | thread << kThreadShift |
                                    (op.flag ? kOpFlag : 0)));
  if (TraitsOf(op.kind).text) return EncodeText(op, writer);
  writer->Byte(
      static_cast<uint8_t>(op.device | op.cookie << 2 | op.domain << 4 | (op.pasid - 1) << 6));
}

void DecodeFault(uint8_t tag, Reader* reader, FaultPlan* plan) {
  Fault fault;
  const uint8_t kind = tag >> kFaultKindShift;
  fault.kind = kind < kFaultKinds ? static_cast<FaultKind>(kind) : FaultKind::kAttach;
  fault.first = reader->Byte();
  fault.count = reader->Byte();
  const size_t error = reader->Byte() & kErrnoMask;
  const std::span<const ErrnoName> errnos = FaultErrnos(fault.kind);
  fault.error = errnos[error < errnos.size() ? error : 0].value;
  if (plan->size < kMaxFaults) plan->faults[plan->size++] = fault;
}

void EncodeFault(const Fault& fault, Writer* writer) {
  writer->Byte(
      static_cast<uint8_t>(kFaultTag | static_cast<uint8_t>(fault.kind) << kFaultKindShift));
  writer->Byte(fault.first);
  writer->Byte(fault.count);
  const std::span<const ErrnoName> errnos = FaultErrnos(fault.kind);
  const auto error = std::find_if(errnos.begin(), errnos.end(),
                                  [&](const ErrnoName& e) { return e.value == fault.error; });
  writer->Byte(static_cast<uint8_t>(error - errnos.begin()));
}

void DecodeSchedule(uint8_t tag, Reader* reader, Schedule* schedule) {
  schedule->tail = tag & kRandomTail ? Tail::kRandom : Tail::kContinue;
  if (schedule->tail == Tail::kRandom) schedule->seed = reader->Number(sizeof(schedule->seed));
  const std::span<const uint8_t> choices =
      reader->Bytes(std::min<size_t>(reader->left(), kMaxChoices));
  schedule->choices.assign(choices.begin(), choices.end());
}

void EncodeSchedule(const Schedule& schedule, Writer* writer) {
  if (schedule == Schedule{}) return;
  const bool random = schedule.tail == Tail::kRandom;
  writer->Byte(kScheduleTag | (random ? kRandomTail : 0));
  if (random) writer->Number(schedule.seed, sizeof(schedule.seed));
  for (const uint8_t choice : schedule.choices) writer->Byte(choice);
}

void DecodeRecords(Reader* reader, Program* program) {
  while (!reader->done()) {
    const uint8_t tag = reader->Byte();
    const uint8_t record = tag & kTagMask;
    if (record < kOpKinds) {
      DecodeOp(tag, reader, program);
    } else if (record == kFaultTag) {
      DecodeFault(tag, reader, &program->faults);
    } else if (record == kScheduleTag) {
      return DecodeSchedule(tag, reader, &program->schedule);
    }
  }
}

}  // namespace

void DecodeBytes(std::span<const uint8_t> bytes, Program* program) {
  for (std::vector<Op>& ops : program->threads) ops.clear();
  program->faults = FaultPlan{};
  program->schedule.choices.clear();
  program->schedule.tail = Tail::kContinue;
  program->schedule.seed = 0;
  Reader reader(bytes);
  DecodeHeader(&reader, program);
  DecodeRecords(&reader, program);
  Normalize(program);
}

Program DecodeBytes(std::span<const uint8_t> bytes) {
  Program program;
  DecodeBytes(bytes, &program);
  return program;
}

size_t EncodeBytes(const Program& program, std::span<uint8_t> out) {
  Writer writer(out);
  EncodeHeader(program, &writer);
  for (int t = 0; t < program.thread_count; ++t) {
    for (const Op& op : program.threads[t]) EncodeOp(op, t, &writer);
  }
  for (int i = 0; i < program.faults.size; ++i) EncodeFault(program.faults.faults[i], &writer);
  EncodeSchedule(program.schedule, &writer);
  return writer.fits() ? writer.size() : 0;
}

std::vector<uint8_t> EncodeBytes(const Program& program) {
  std::vector<uint8_t> bytes(kMaxProgramBytes);
  bytes.resize(EncodeBytes(program, bytes));
  return bytes;
}

std::span<const WriteBuffer> CommonTexts() { return kTexts; }

}  // namespace groupfuzz
