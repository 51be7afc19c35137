using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Moq;
using Rekey.Findings;
using Rekey.Functions.Tests.Findings;
using Rekey.Functions.Wire.DeadLetters;
using Rekey.Ledgers;
using Rekey.Messaging;

namespace Rekey.Functions.Tests.Wire.DeadLetters;

/// <summary>A18: a flood of bad messages was a ledger line and a dead letter each.</summary>
public sealed class DeadLetterFloodTests
{
    private readonly FakeTimeProvider _clock = new(new(2027, 3, 1, 12, 10, 0, TimeSpan.Zero));
    private readonly List<DeadLetter> _letters = [];
    private readonly KeptFindings _kept;

    public DeadLetterFloodTests() => _kept = new(_clock);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A18_it_is_one_counting_line_an_hour_and_reason_and_a_bounded_number_of_letters()
    {
        var keep = Instance();
        for (var n = 0; n < KeepDeadLetter.MaxLetters + 300; n++)
        {
            await KeepAsync(keep, n);
        }

        await KeepAsync(keep, 0, "another-reason");
        await keep.CountAsync(Cancel);
        Assert.Equal(KeepDeadLetter.MaxLetters + 1, _letters.Count);
        Assert.Equal(KeepDeadLetter.MaxLines + 1, Lines(LedgerKinds.InputDeadLettered).Count());
        Assert.Empty(Lines(LedgerKinds.InputsCounted));
        Assert.Equal((FindingKinds.InputFlood, "RotateKey/no-good"), _kept.All.Select(f => (f.Kind, f.About)).Single());

        _clock.Advance(TimeSpan.FromMinutes(50));
        await keep.CountAsync(Cancel);
        await keep.CountAsync(Cancel);
        var facts = Assert.Single(Lines(LedgerKinds.InputsCounted)).Entry.Facts;
        Assert.Equal(
            ("no-good", $"{KeepDeadLetter.MaxLetters + 300 - KeepDeadLetter.MaxLines}", "300"),
            (facts["reason"], facts["count"], facts["notKept"])
        );

        // The next hour has its own lines.
        await KeepAsync(keep, 5000);
        Assert.Equal(KeepDeadLetter.MaxLines + 2, Lines(LedgerKinds.InputDeadLettered).Count());
    }

    /// <summary>A restart, or another instance, does not begin to count anew.</summary>
    [Fact]
    public async Task The_ledger_says_how_many_have_a_line()
    {
        for (var n = 0; n < 3 * KeepDeadLetter.MaxLines; n++)
        {
            await KeepAsync(Instance(), n);
        }

        Assert.Equal(KeepDeadLetter.MaxLines, Lines(LedgerKinds.InputDeadLettered).Count());
    }

    private IEnumerable<LedgerLine> Lines(string kind) => _kept.Lines.Where(l => l.Entry.Kind == kind);

    private Task<string?> KeepAsync(KeepDeadLetter keep, int n, string reason = "no-good") =>
        keep.KeepAsync("RotateKey", reason, "It is no good.", JsonSerializer.SerializeToElement($"garbage {n}"), Cancel);

    private KeepDeadLetter Instance()
    {
        var letters = new Mock<IDeadLetters>();
        letters
            .Setup(l => l.KeepAsync(It.IsAny<DeadLetter>(), It.IsAny<CancellationToken>()))
            .ReturnsAsync(
                (DeadLetter letter, CancellationToken _) =>
                {
                    _letters.Add(letter);
                    return letter.BodySha256 + letter.Reason;
                }
            );
        return new(letters.Object, _kept.Ledger, new(new(_kept.Ledger)), _kept.Findings, _clock, NullLogger<KeepDeadLetter>.Instance);
    }
}
