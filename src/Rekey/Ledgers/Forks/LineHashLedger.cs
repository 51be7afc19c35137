using System.Buffers.Binary;
using System.Globalization;
using System.Text.Json;
using Rekey.Core.Records;
using Rekey.Ledgers.Snapshots;

namespace Rekey.Ledgers.Forks;

/// <summary>Reads the hashes of the ledger's lines, for signed lists: a verifier that has seen another ledger under these numbers notices
/// that this one was restored to an older state.</summary>
public sealed class LineHashLedger : ILedgerView
{
    private readonly LedgerReader _reader;
    private readonly Lock _lock = new();
    private readonly Dictionary<long, ulong> _hashes = [];
    private LineHashes? _known;

    public LineHashLedger(LedgerReader reader)
    {
        _reader = reader;
        reader.Add(this);
    }

    public string Name => "line-hashes";

    public int Version => 1;

    public long Read { get; private set; }

    /// <summary>The hashes up to the line before the ledger's last one, which has them.</summary>
    public async Task<LineHashes> ReadAsync(CancellationToken cancellationToken)
    {
        await _reader.CatchUpAsync(cancellationToken);
        return Known();
    }

    public void Take(LedgerLine line)
    {
        lock (_lock)
        {
            // The hash of the line before, as its writer calculated it: another release may write the same line otherwise, and a difference
            // means that the ledger forked.
            var before = line.Number - 1;
            if (before > 0)
            {
                _hashes[before] = ulong.Parse(
                    line.Previous.AsSpan(0, LineHashes.Length * 2),
                    NumberStyles.HexNumber,
                    CultureInfo.InvariantCulture
                );
                _hashes.Remove(LineHashes.Dropped(before));
            }

            (_known, Read) = (null, line.Number);
        }
    }

    public void Save(Utf8JsonWriter to) => JsonSerializer.Serialize(to, Known(), RecordJson.Options);

    public void Load(SavedView saved, LedgerHead at)
    {
        lock (_lock)
        {
            _known = saved.Open(json => JsonSerializer.Deserialize<LineHashes>(json.Span, RecordJson.Options)!);
            foreach (var (place, number) in LineHashes.Numbers(_known.Last).Index())
            {
                _hashes[number] = BinaryPrimitives.ReadUInt64BigEndian(_known.Hashes.Span[(place * LineHashes.Length)..]);
            }

            Read = at.Lines;
        }
    }

    private LineHashes Known()
    {
        lock (_lock)
        {
            return _known ??= Read > 1 ? new(Read - 1, Bytes(Read - 1)) : LineHashes.None;
        }
    }

    private byte[] Bytes(long last)
    {
        var bytes = new byte[_hashes.Count * LineHashes.Length];
        foreach (var (place, number) in LineHashes.Numbers(last).Index())
        {
            BinaryPrimitives.WriteUInt64BigEndian(bytes.AsSpan(place * LineHashes.Length), _hashes[number]);
        }

        return bytes;
    }
}
