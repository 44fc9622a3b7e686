// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/detail/pool/damage.hpp>

namespace framealloc::detail {
namespace {

void append_site(Text<512>& message, const CallSite& site) noexcept {
  if (site.known()) {
    message.append(site.file).append(":").append(std::size_t{site.line});
    message.append(" (").append(site.function).append(")");
  } else if (site.function[0] != '\0') {
    message.append(site.function);
  } else {
    message.append("an unknown place");
  }
}

Damage of(Code code, const void* block, std::size_t size, std::ptrdiff_t offset,
          const BlockRecord& record, AllocKind kind, TagId tag) noexcept {
  Damage damage;
  damage.code = code;
  damage.block = block;
  damage.size = size;
  damage.offset = offset;
  damage.kind = kind;
  damage.tag = tag;
  damage.allocated_at = record.birth();
  damage.freed_at = record.freed_at.get();
  damage.frame = record.frame.load(std::memory_order_relaxed);
  return damage;
}

}  // namespace

Damage Damage::outside(const void* block, std::size_t size, std::ptrdiff_t offset,
                       const BlockRecord& record, AllocKind kind, TagId tag) noexcept {
  return of(Code::FA008, block, size, offset, record, kind, tag);
}

Damage Damage::late_write(const void* block, std::size_t size, std::ptrdiff_t offset,
                          const BlockRecord& record, AllocKind kind, TagId tag) noexcept {
  return of(Code::FA030, block, size, offset, record, kind, tag);
}

void Damage::describe(Text<512>& message) const noexcept {
  message.append(kind == AllocKind::Pool ? "a pool" : "a heap").append(" block of ");
  message.append_bytes(size);
  if (code == Code::FA030) {
    message.append(" was written ").append(offset).append(" bytes from its start after it was ");
    message.append("freed at ");
    append_site(message, freed_at);
  } else if (offset < 0) {
    message.append(": the bytes before it were written, ").append(-offset);
    message.append(" bytes before its start");
  } else {
    message.append(": the bytes behind it were written, ");
    message.append(offset - static_cast<std::ptrdiff_t>(size)).append(" bytes past its end");
  }
  message.append("; allocated in frame ").append(frame).append(" at ");
  append_site(message, allocated_at);
}

}  // namespace framealloc::detail
