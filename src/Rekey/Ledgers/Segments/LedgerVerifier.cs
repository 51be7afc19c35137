using Rekey.Core;

namespace Rekey.Ledgers.Segments;

/// <summary>Walks lines and holds each against the one before. Knows nothing of blobs: lines are all that it needs.</summary>
internal sealed class LedgerVerifier
{
    private string? _expected;

    /// <summary>Starts at the beginning of the ledger.</summary>
    public LedgerVerifier()
        : this(0, LedgerChain.Origin) { }

    /// <summary>Starts behind a known line; <paramref name="hash"/> null takes the first line's word for what came before.</summary>
    public LedgerVerifier(long number, string? hash)
    {
        Number = number;
        _expected = hash;
    }

    /// <summary>Number of the last line taken.</summary>
    public long Number { get; private set; }

    /// <summary>Hash of the last line taken.</summary>
    public string Hash => _expected ?? LedgerChain.Origin;

    /// <summary>Takes a run of lines, each ended by a line feed.</summary>
    /// <exception cref="CannotContinueException">A line is cut off, too long, out of order or not tied to the one before.</exception>
    public IReadOnlyList<LedgerLine> Take(ReadOnlyMemory<byte> bytes) => [.. TakeEach(bytes).Select(l => l.Line)];

    /// <summary>The same, with each line's length and hash.</summary>
    internal IEnumerable<(LedgerLine Line, int Length, string Hash)> TakeEach(ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var end = bytes.Span.IndexOf((byte)'\n');
            if ((end < 0 ? bytes.Length : end) > LedgerChain.MaxLine)
            {
                throw LedgerChain.Broken($"the line after number {Number} is longer than {LedgerChain.MaxLine} bytes");
            }

            if (end < 0)
            {
                throw LedgerChain.Broken($"the line after number {Number} is cut off");
            }

            var raw = bytes[..end];
            var line = LedgerChain.Parse(raw.Span);
            if (_expected is not null && (line.Number != Number + 1 || !string.Equals(line.Previous, _expected, StringComparison.Ordinal)))
            {
                throw LedgerChain.Broken($"line {line.Number} does not follow line {Number}");
            }

            Number = line.Number;
            _expected = LedgerChain.Hash(raw.Span);
            yield return (line, end, _expected);
            bytes = bytes[(end + 1)..];
        }
    }
}
