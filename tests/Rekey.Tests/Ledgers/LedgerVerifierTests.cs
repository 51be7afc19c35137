using Microsoft.Extensions.Time.Testing;
using Rekey.Core;
using Rekey.Ledgers.Segments;
using Rekey.Tests.Doubles.Faults;
using Rekey.Tests.Doubles.Storage;

namespace Rekey.Tests.Ledgers;

public sealed class LedgerVerifierTests
{
    [Fact]
    public async Task Any_byte_that_was_changed_is_found()
    {
        var (bytes, hash) = await LedgerAsync();
        for (var at = 0; at < bytes.Length; at++)
        {
            var tampered = bytes.ToArray();
            tampered[at] ^= 1;
            Assert.True(IsFound(tampered, hash), $"byte {at}");
        }
    }

    [Fact]
    public async Task Lines_that_are_missing_doubled_or_exchanged_are_found()
    {
        var (bytes, hash) = await LedgerAsync();
        var lines = System.Text.Encoding.UTF8.GetString(bytes).TrimEnd('\n').Split('\n');
        for (var n = 0; n < lines.Length; n++)
        {
            Assert.True(IsFound(Join([.. lines[..n], .. lines[(n + 1)..]]), hash), $"without line {n + 1}");
            Assert.True(IsFound(Join([.. lines[..n], lines[n], .. lines[n..]]), hash), $"line {n + 1} twice");
            if (n > 0)
            {
                Assert.True(
                    IsFound(Join([.. lines[..(n - 1)], lines[n], lines[n - 1], .. lines[(n + 1)..]]), hash),
                    $"line {n + 1} before line {n}"
                );
            }
        }
    }

    [Fact]
    public async Task A_line_of_a_later_release_is_refused_and_not_called_broken()
    {
        var (bytes, _) = await LedgerAsync();
        var later = System.Text.Encoding.UTF8.GetString(bytes).Split('\n')[0].Replace("\"v\":1", "\"v\":2", StringComparison.Ordinal);
        Assert.Equal(
            "schema-too-new",
            Assert.Throws<CannotContinueException>(() => LedgerChain.Parse(System.Text.Encoding.UTF8.GetBytes(later))).Reason
        );
    }

    [Fact]
    public async Task A_line_that_is_cut_off_is_found()
    {
        var (bytes, _) = await LedgerAsync();

        var refused = Assert.Throws<CannotContinueException>(() => new LedgerVerifier().Take(bytes.AsMemory(0, bytes.Length - 1)));

        Assert.Equal("ledger-broken", refused.Reason);
    }

    [Fact]
    public async Task A_verifier_may_start_behind_a_known_line()
    {
        var (bytes, hash) = await LedgerAsync();
        var first = Array.IndexOf(bytes, (byte)'\n') + 1;
        var known = LedgerChain.Hash(bytes.AsSpan(0, first - 1));

        var verifier = new LedgerVerifier(1, known);
        verifier.Take(bytes.AsMemory(first));

        Assert.Equal(hash, verifier.Hash);
        Assert.Throws<CannotContinueException>(() => new LedgerVerifier(1, LedgerChain.Origin).Take(bytes.AsMemory(first)));
    }

    private static byte[] Join(IEnumerable<string> lines) => System.Text.Encoding.UTF8.GetBytes(string.Concat(lines.Select(l => l + "\n")));

    private static bool IsFound(byte[] bytes, string pinned)
    {
        try
        {
            var verifier = new LedgerVerifier();
            verifier.Take(bytes);
            return verifier.Hash != pinned;
        }
        catch (CannotContinueException)
        {
            return true;
        }
    }

    private static async Task<(byte[] Bytes, string Hash)> LedgerAsync()
    {
        var blobs = new MemoryBlobs();
        var ledger = new SegmentedLedger(new MemorySegments(blobs, Fate.Immortal), new() { BlocksPerSegment = 3 }, new FakeTimeProvider());
        for (var n = 0; n < 4; n++)
        {
            await ledger.AppendAsync(
                new($"id-{n}", "kind", "about", new Dictionary<string, string>(StringComparer.Ordinal) { ["n"] = $"{n}" }),
                default
            );
        }

        var verifier = new LedgerVerifier();
        verifier.Take(blobs.All);
        return (blobs.All.ToArray(), verifier.Hash);
    }
}
