using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Moq;
using Rekey.Compliance;
using Rekey.Core;
using Rekey.Findings;
using Rekey.Functions.Compliance;
using Rekey.Functions.Hosting.Monitoring;
using Rekey.Functions.Wire;
using Rekey.Functions.Wire.DeadLetters;
using Rekey.Ledgers;
using Rekey.Ledgers.Segments;
using Rekey.Messaging;
using Rekey.Trust;
using Rekey.Trust.Documents;

namespace Rekey.Functions.Tests.Compliance;

/// <summary>What is wrong with the ledger leaves by the log, also when no finding can be kept.</summary>
public sealed class VerifyLedgerFunctionTests
{
    private readonly FakeTimeProvider _clock = new(new(2027, 3, 1, 9, 0, 0, TimeSpan.Zero));
    private readonly Mock<ILedgerSegments> _segments = new();
    private readonly Mock<ILogger<VerifyLedgerFunction>> _log = new();

    [Fact]
    public async Task A_broken_ledger_is_an_error_in_the_log_at_once()
    {
        Reads(LedgerChain.Broken("line 7 does not follow line 6"));
        await Assert.ThrowsAsync<RetryLaterException>(() => Function().RunAsync("", TestContext.Current.CancellationToken));
        Assert.Contains("line 7 does not follow line 6", Assert.Single(Errors()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_that_cannot_be_verified_is_an_error_in_the_log_after_hours()
    {
        Reads(new RetryLaterException("Storage is away."));
        var function = Function();
        for (var hour = 0; hour <= 4; hour++)
        {
            Assert.Empty(Errors());
            await Assert.ThrowsAsync<RetryLaterException>(() => function.RunAsync("", TestContext.Current.CancellationToken));
            _clock.Advance(TimeSpan.FromHours(1));
        }

        Assert.Contains("has not been verified since 2027-03-01 09:00:00Z", Assert.Single(Errors()), StringComparison.Ordinal);
    }

    private void Reads(Exception failure) =>
        _segments
            .Setup(s => s.ReadAsync(It.IsAny<int>(), It.IsAny<long>(), It.IsAny<int>(), It.IsAny<CancellationToken>()))
            .ThrowsAsync(failure);

    private IReadOnlyList<string> Errors() =>
        [.. _log.Invocations.Where(i => i.Arguments[0] is LogLevel.Error).Select(i => $"{i.Arguments[2]}")];

    private VerifyLedgerFunction Function()
    {
        var findings = new Mock<IFindings>();
        findings
            .Setup(f => f.RaiseAsync(It.IsAny<Finding>(), It.IsAny<CancellationToken>()))
            .ThrowsAsync(new RetryLaterException("The tables are gone."));
        var verify = new VerifyLedger(
            Mock.Of<ILedger>(),
            _segments.Object,
            Mock.Of<ICheckpoints>(),
            findings.Object,
            new GovernedKeys("prod", []),
            _clock
        );
        var (ledger, governedKeys) = (Mock.Of<ILedger>(), new GovernedKeys("prod", []));
        var letters = new KeepDeadLetter(
            Mock.Of<IDeadLetters>(),
            ledger,
            new(new(ledger)),
            findings.Object,
            _clock,
            NullLogger<KeepDeadLetter>.Instance
        );
        var snapshots = new KeepSnapshots(new(ledger), new(Mock.Of<ISnapshotStore>(), ledger, Mock.Of<IDocumentSigner>(), governedKeys));
        return new(verify, snapshots, new RunTrigger(letters, new CallOptions(), NullLogger<RunTrigger>.Instance), _log.Object);
    }
}
