// SPDX-License-Identifier: MIT OR Apache-2.0
// Every type for users, declared and not defined, for headers that only name them. What has default
// template arguments has them here.
#pragma once

#include <cstddef>
#include <cstdint>

namespace framealloc {

namespace detail {
struct PoolDoor;
struct HeapDoor;
template <class T, class Door>
class BlockBox;
}  // namespace detail

/// base/
struct BuildConfig;
struct CallSite;
struct Here;
enum class Code : std::uint16_t;
enum class Severity : std::uint8_t;
enum class Category : std::uint8_t;
enum class RaisedBy : std::uint8_t;
struct CodeInfo;
enum class TagId : std::uint16_t;
enum class AllocKind : std::uint8_t;
struct ThreadId;
struct GenerationalId;
template <class T>
struct IsTriviallyRelocatable;
struct Report;
class DiagnosticSink;
enum class StrictMode : std::uint8_t;
struct Error;
template <class T>
class Result;
template <std::size_t N>
class Text;

/// account/
enum class BudgetStatus : std::uint8_t;
struct TagBudget;
struct BudgetEvent;
class BudgetManager;
enum class MemoryDomain : std::uint8_t;
struct HeapBlock;
struct NewHeapBlock;
struct TagFigures;
struct ThreadFigures;
struct BudgetFigures;
struct PoolClassFigures;
struct DeviceFigures;
struct DeviceHeapFigures;
struct DeviceTagFigures;
class DeviceFigureVisitor;
class DeviceFigureSource;
struct AllocStats;
struct FrameStats;
struct TagStats;
struct Phase;
struct PhaseStats;

/// memory/
struct MemoryCapabilities;
struct SystemMemoryPressure;
enum class DecommitPolicy : std::uint8_t;
enum class FrameEventKind : std::uint8_t;
using FrameEventMask = std::uint64_t;
struct FrameEvent;
enum class PressureLevel : std::uint8_t;
enum class PressureReason : std::uint8_t;
struct PressureEvent;
class MemorySource;
class SystemSource;
class NullSource;
class PmrSource;
class CountingSource;
class FailingSource;
class Subscription;

/// arena/
class ArenaScope;
class FixedArenaBase;
template <std::size_t Capacity>
class FixedArena;
class FrameBurst;
class FrameCheckpoint;
class FrameArena;
enum class FrameOverflow : std::uint8_t;
class ScratchBorrow;
class ScratchPoolHandle;
class ScratchPool;
class ScratchRegistry;
enum class ScratchPolicy : std::uint8_t;
struct ScratchPoolStats;
class ScratchCheckpoint;

/// pool/
enum class DeferredProcessing : std::uint8_t;
enum class QueueFullPolicy : std::uint8_t;
struct DeferredConfig;
struct DeferredStats;

/// heap/
class GroupAllocator;
class GroupHandle;
class GroupId;
struct GroupStats;
template <class T>
class Handle;
class HandleAllocator;
template <class T>
class PinGuard;
struct Relocation;
struct HandleOptions;
struct HandleConfig;
struct CompactBudget;
struct CompactResult;
struct HandleAllocatorStats;
class StreamingAllocator;
class StreamRef;
class StreamId;
enum class StreamPriority : std::uint8_t;
enum class StreamState : std::uint8_t;
struct StreamingPolicy;
struct StreamEviction;
struct StreamInfo;
struct StreamingStats;

/// frame/
enum class PromotionFailure : std::uint8_t;
struct FailureBreakdown;
struct TagSummary;
struct PhaseSummary;
template <class Row>
class SummaryRows;
struct FrameSummary;
class RetentionPolicy;
class Importance;

/// thread/
enum class GuardMode : std::uint8_t;
struct AllocConfig;
struct BarrierStats;
struct BarrierTicket;
class FrameBarrier;
class FrameBarrierBuilder;
class ScopedFrame;
class FrameScope;
class CheckpointGuard;
class TagScope;
class PhaseScope;
enum class BudgetExceededPolicy : std::uint8_t;
enum class BudgetDecision : std::uint8_t;
struct ThreadBudgetConfig;
struct ThreadBudgetEvent;
struct ThreadBudgetStats;
struct ThreadFrameStats;
struct TransferId;
enum class TransferState : std::uint8_t;
struct TransferStats;

/// container/
template <class T>
using PoolBox = detail::BlockBox<T, detail::PoolDoor>;
template <class T>
using HeapBox = detail::BlockBox<T, detail::HeapDoor>;
template <class T>
class FrameBox;
template <class K>
struct FrameHash;
template <class K>
struct FrameEqual;
template <class K, class V, class Hash = FrameHash<K>, class Eq = FrameEqual<K>>
class FrameMap;
template <class T>
class FrameSlice;
class FrameString;
template <class T>
class FrameRetained;
template <class T>
class FrameVec;
template <class T>
class PoolArc;
template <class T>
class PoolWeak;
enum class PromotionKind : std::uint8_t;
template <class T>
class PromotedBox;
class PromotedAllocation;
class PromotionList;
struct PromotionResult;
template <class T>
class FrameAllocator;
template <class T>
class PoolAllocator;
template <class T>
class HeapAllocator;
struct BackPressure;
enum class SendResult : std::uint8_t;
struct ChannelStats;
template <class T>
class TransferChannel;
template <class T>
class TransferHandle;

/// diag/
struct BehaviorThresholds;
struct BehaviorStats;
struct BehaviorIssue;
struct BehaviorReport;
enum class DeviceBlockKind : std::uint8_t;
enum class DeviceRegionState : std::uint8_t;
enum class DeviceLifetime : std::uint8_t;
struct DeviceRegion;
struct DeviceBlock;
struct DeviceMapTag;
struct DeviceMap;
struct FrameRecord;
struct LifecycleSummary;
struct LeakGroup;
struct LeakReport;
struct MemoryGraphData;
struct Metric;
struct Diagnostic;
class TextSink;
class CollectingSink;
template <class F>
class CallbackSink;
template <class F>
class LogSink;
struct SnapshotBudget;
struct SnapshotSummary;
struct SnapshotThread;
struct SnapshotTag;
struct SnapshotLimit;
struct SnapshotDeviceTag;
struct SnapshotDevice;
struct SnapshotDiagnostic;
struct SnapshotSite;
struct Snapshot;
struct SnapshotConfig;
class SnapshotEmitter;
class StrictModeGuard;
class SuppressionGuard;
struct TraceArg;
class TraceFile;

/// facade/
template <class T>
struct Speculation;
class PoolRef;
class SmartAlloc;
struct TraceConfig;
class TraceWriter;

/// Functions that are called back.
using BudgetHandler = void (*)(const BudgetEvent& event, void* context);
using FrameEventListener = void (*)(const FrameEvent& event, void* context);
using PressureHandler = void (*)(const PressureEvent& event, void* context);
using PromotionHandler = void (*)(PromotedAllocation& promoted, void* context);
using RelocateHandler = void (*)(const Relocation& relocation, void* context);
using ReportHandler = void (*)(const Report& report, void* context);
using StreamEvictionHandler = void (*)(const StreamEviction& eviction, void* context);
using StrictHandler = void (*)(const Report& report, void* context);
using ThreadBudgetHandler = BudgetDecision (*)(const ThreadBudgetEvent& event, void* context);

}  // namespace framealloc
