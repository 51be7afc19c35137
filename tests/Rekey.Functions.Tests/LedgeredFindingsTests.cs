using Microsoft.Extensions.Logging.Abstractions;
using Moq;
using Rekey.Findings;
using Rekey.Ledgers;

namespace Rekey.Functions.Tests;

/// <summary>A finding reaches people also when the ledger is what is broken.</summary>
public sealed class LedgeredFindingsTests
{
    private static readonly Finding Broken = new("ledger-broken", "prod", Severity.Critical, "The ledger does not hold together.", "Stop Rekey.",
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

    private static (LedgeredFindings Findings, Mock<IRecords<Finding>> Table) Raising(Exception failure)
    {
        var ledger = new Mock<ILedger>();
        ledger.Setup(l => l.AppendAsync(It.IsAny<LedgerEntry>(), It.IsAny<CancellationToken>())).ThrowsAsync(failure);
        var table = new Mock<IRecords<Finding>>();
        table.Setup(t => t.InsertAsync(It.IsAny<Finding>(), It.IsAny<CancellationToken>())).ReturnsAsync((Finding f, CancellationToken _) => new Versioned<Finding>(f, "1"));
        return (new(table.Object, ledger.Object, TimeProvider.System, NullLogger<LedgeredFindings>.Instance), table);
    }
}
