using Microsoft.Extensions.Logging.Abstractions;
using Moq;
using Rekey.Findings;
using Rekey.Functions.Findings;
using Rekey.Ledgers;

namespace Rekey.Functions.Tests;

/// <summary>A finding reaches people also when the ledger is what is broken.</summary>
public sealed class LedgeredFindingsTests
{
    private static readonly Finding Broken =
        new("ledger-broken", "prod", Severity.Critical, "The ledger does not hold together.", "Stop Rekey.",
        new Dictionary<string, string>(StringComparer.Ordinal), DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch);

    [Fact]
    public async Task A_broken_ledger_does_not_swallow_the_finding_that_says_so()
    {
        var (findings, table) = Raising(LedgerChain.Broken("line 7 does not follow line 6"));
        await findings.RaiseAsync(Broken, TestContext.Current.CancellationToken);
        table.Verify(t => t.InsertAsync(It.Is<Finding>(f => f.Id == Broken.Id), It.IsAny<CancellationToken>()), Times.Once);
    }

    [Fact]
    public async Task A_ledger_that_cannot_be_reached_is_tried_again_before_anything_is_kept()
    {
        var (findings, table) = Raising(new RetryLaterException("storage is down"));
        await Assert.ThrowsAsync<RetryLaterException>(() => findings.RaiseAsync(Broken, TestContext.Current.CancellationToken));
        table.Verify(t => t.InsertAsync(It.IsAny<Finding>(), It.IsAny<CancellationToken>()), Times.Never);
    }

    /// <summary>Whoever can write to the table knows the ids: what they put there silences nothing.</summary>
    [Theory]
    [InlineData("open")]
    [InlineData("unreadable")]
    public async Task A_row_that_somebody_planted_does_not_swallow_the_finding(string planted)
    {
        var world = new KeptFinding(Broken.Id);
        if (planted == "open")
        {
            world.Row = new(Broken, "1");
        }
        else
        {
            world.Refusal = new("record-unreadable", "The Finding cannot be read.", "Find out who.") { UnreadableRows = [Broken.Row] };
        }

        await world.Findings.RaiseAsync(Broken, TestContext.Current.CancellationToken);
        Assert.Equal(LedgerKinds.FindingRaised, Assert.Single(world.Lines).Entry.Kind);

        // Told once: a row that the ledger knows of is quiet.
        if (planted == "open")
        {
            await world.Findings.RaiseAsync(Broken, TestContext.Current.CancellationToken);
            Assert.Single(world.Lines);
            await world.Findings.CloseAsync(Broken.Id, "It is over.", TestContext.Current.CancellationToken);
            await world.Findings.RaiseAsync(Broken, TestContext.Current.CancellationToken);
            Assert.Equal([LedgerKinds.FindingRaised, LedgerKinds.FindingClosed, LedgerKinds.FindingRaised],
                world.Lines.Select(l => l.Entry.Kind));
        }
    }

    /// <summary>What was told and closed once is told again, also when somebody has taken its row away or spoilt it.</summary>
    [Theory]
    [InlineData("deleted")]
    [InlineData("unreadable")]
    [InlineData("put back")]
    public async Task What_comes_again_is_told_again_whatever_became_of_its_row(string row)
    {
        var world = new KeptFinding(Broken.Id);
        for (var n = 1; n <= 3; n++)
        {
            await world.Findings.RaiseAsync(Broken, TestContext.Current.CancellationToken);
            await world.Findings.CloseAsync(Broken.Id, "It is over.", TestContext.Current.CancellationToken);
            world.Row = row == "put back" ? new(Broken with { ClosedAt = DateTimeOffset.UnixEpoch }, "1") : null;
        }

        world.Refusal = row == "unreadable"
            ? new("record-unreadable", "The Finding cannot be read.", "Find out who.") { UnreadableRows = [Broken.Row] } : null;
        await world.Findings.RaiseAsync(Broken, TestContext.Current.CancellationToken);
        Assert.Equal(4, world.Lines.Count(l => l.Entry.Kind == LedgerKinds.FindingRaised));

        // While the row is spoilt, once is enough.
        await world.Findings.RaiseAsync(Broken, TestContext.Current.CancellationToken);
        Assert.Equal(4, world.Lines.Count(l => l.Entry.Kind == LedgerKinds.FindingRaised));
    }

    [Fact]
    public async Task That_it_has_grown_is_told_although_a_row_says_that_it_was()
    {
        var world = new KeptFinding(Broken.Id);
        await world.Findings.RaiseAsync(Broken with { Milestone = "4" }, TestContext.Current.CancellationToken);
        world.Row = new(Broken with { Milestone = "4000" }, "1");
        await world.Findings.RaiseAsync(Broken with { Milestone = "4000" }, TestContext.Current.CancellationToken);
        await world.Findings.RaiseAsync(Broken with { Milestone = "4000" }, TestContext.Current.CancellationToken);
        Assert.Equal([LedgerKinds.FindingRaised, LedgerKinds.FindingUpdated], world.Lines.Select(l => l.Entry.Kind));
    }

    [Fact]
    public async Task A_row_that_cannot_be_read_stops_nobody_who_closes_a_finding() =>
        await new KeptFinding(Broken.Id) { Refusal =
            new("record-unreadable", "The Finding cannot be read.",
            "Find out who.") { UnreadableRows = [Broken.Row] } }.Findings.CloseAsync(
            Broken.Id, "It is over.", TestContext.Current.CancellationToken);

    private static (LedgeredFindings Findings, Mock<IRecords<Finding>> Table) Raising(Exception failure)
    {
        var ledger = new Mock<ILedger>();
        ledger.Setup(l => l.AppendAsync(It.IsAny<LedgerEntry>(), It.IsAny<CancellationToken>())).ThrowsAsync(failure);
        ledger.Setup(l => l.ReadAsync(It.IsAny<long>(), It.IsAny<CancellationToken>())).Throws(failure);
        var table = new Mock<IRecords<Finding>>();
        table.Setup(t => t.InsertAsync(It.IsAny<Finding>(), It.IsAny<CancellationToken>()))
            .ReturnsAsync((Finding f, CancellationToken _) => new Versioned<Finding>(f, "1"));
        return (new(table.Object, ledger.Object, new(new(ledger.Object)), TimeProvider.System, NullLogger<LedgeredFindings>.Instance), table);
    }
}
