using Rekey.Core;

namespace Rekey.Ledgers.Segments;

/// <summary>Verifies lines, each against the one before. It needs lines only, no blobs.</summary>
internal sealed class LedgerVerifier
{
    private string? _expected;

    /// <summary>Starts at the beginning of the ledger.</summary>
    public LedgerVerifier()
        : this(0, LedgerChain.Origin) { }

    /// <summary>Starts after a known line; with <paramref name="hash"/> null it trusts the first line for what came before.</summary>
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
    /// <exception cref="CannotContinueException">A line is cut off, too long, out of order or not chained to the one before.</exception>
    public IReadOnlyList<LedgerLine> Take(ReadOnlyMemory<byte> bytes) => [.. TakeEach(bytes).Select(l => l.Line)];

    /// <summary>Takes a run of lines, and returns each with its length and hash.</summary>
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
                throw LedgerChain.Broken(
                    $"line {line.Number} does not follow line {Number}{(
                    line.Number == Number + 1 ? ": its prev is not the hash of that line" : "")}"
                );
            }

            Number = line.Number;
            _expected = LedgerChain.Hash(raw.Span);
            yield return (line, end, _expected);
            bytes = bytes[(end + 1)..];
        }
    }
}
