using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Moq;
using Rekey.Core;
using Rekey.Findings;
using Rekey.Functions.Hosting.Monitoring;
using Rekey.Functions.Tests.Findings;
using Rekey.Functions.Wire;
using Rekey.Functions.Wire.DeadLetters;
using Rekey.Ledgers;
using Rekey.Ledgers.Segments;
using Rekey.Messaging;

namespace Rekey.Functions.Tests.Wire;

/// <summary>A call that is not HTTP ends when the input was dealt with, and fails when it must come again.</summary>
public sealed class RunTriggerTests
{
    private readonly List<DeadLetter> _letters = [];
    private readonly List<LedgerEntry> _lines = [];
    private readonly CallOptions _options = new();
    private CannotContinueException? _broken;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("""{"key":"a"}""", JsonValueKind.Object)]
    [InlineData("no json", JsonValueKind.String)]
    [InlineData("", JsonValueKind.String)]
    [InlineData("AAAA", JsonValueKind.String)]
    [InlineData("/+8=", JsonValueKind.String)]
    [InlineData("""{"key":"a","key":"b"}""", JsonValueKind.String)]
    public async Task A_text_that_is_no_json_is_a_string(string text, JsonValueKind kind)
    {
        JsonElement seen = default;
        await Runner().RunAsync("Probe", text, Calling(v => seen = v), Cancel);
        Assert.Equal(kind, seen.ValueKind);
        Assert.Equal(text, kind is JsonValueKind.String ? seen.GetString() : seen.GetRawText());
    }

    [Fact]
    public async Task Plain_text_and_base64_are_read_alike()
    {
        JsonElement seen = default;
        const string text = """{"name":"Ä"}""";
        await Runner().RunAsync("Probe", Convert.ToBase64String(Encoding.UTF8.GetBytes(text)), Calling(v => seen = v), Cancel);
        Assert.Equal(text, seen.GetRawText());
    }

    [Fact]
    public async Task Bad_input_is_a_dead_letter_and_does_not_come_again()
    {
        await Runner()
            .RunAsync("Probe", """{"token":"hush"}""", Calling(_ => throw new BadInputException("no-good", "It is no good.")), Cancel);
        var letter = Assert.Single(_letters);
        Assert.Equal(("Probe", "no-good"), (letter.Source, letter.Reason));
        Assert.DoesNotContain("hush", JsonSerializer.Serialize(letter), StringComparison.Ordinal);
        Assert.Equal(LedgerKinds.InputDeadLettered, Assert.Single(_lines).Kind);
    }

    [Fact]
    public async Task What_cannot_go_on_is_a_dead_letter()
    {
        await Runner()
            .RunAsync("Probe", "{}", Calling(_ => throw new CannotContinueException("gone", "It is gone.", "Look for it.")), Cancel);
        Assert.Equal("gone", Assert.Single(_letters).Reason);
    }

    [Fact]
    public async Task What_is_put_off_comes_again()
    {
        var later = new RetryLaterException("Not now.");
        Assert.Same(
            later,
            await Assert.ThrowsAsync<RetryLaterException>(() => Runner().RunAsync("Probe", "{}", Calling(_ => throw later), Cancel))
        );
        Assert.Empty(_letters);
    }

    [Fact]
    public async Task At_the_deadline_it_is_put_off()
    {
        _options.Deadline = TimeSpan.FromMilliseconds(1);
        await Assert.ThrowsAsync<RetryLaterException>(() =>
            Runner().RunAsync("Probe", cancellationToken => Task.Delay(Timeout.Infinite, cancellationToken), Cancel)
        );
    }

    [Fact]
    public async Task What_the_host_cancels_is_no_deadline()
    {
        using var stopped = new CancellationTokenSource();
        await stopped.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            Runner().RunAsync("Probe", cancellationToken => Task.Delay(Timeout.Infinite, cancellationToken), stopped.Token)
        );
    }

    [Fact]
    public async Task An_unexpected_failure_comes_through() =>
        await Assert.ThrowsAsync<InvalidOperationException>(() =>
            Runner().RunAsync("Probe", "{}", Calling(_ => throw new InvalidOperationException("A bug.")), Cancel)
        );

    [Fact]
    public async Task A_broken_ledger_does_not_bring_a_dead_letter_back()
    {
        _broken = LedgerChain.Broken("line 7 does not follow line 6");
        await Runner().RunAsync("Probe", "{}", Calling(_ => throw new BadInputException("no-good", "It is no good.")), Cancel);
        Assert.Single(_letters);
    }

    private static Func<JsonElement, CancellationToken, Task> Calling(Action<JsonElement> run) =>
        (value, _) =>
        {
            run(value);
            return Task.CompletedTask;
        };

    private RunTrigger Runner()
    {
        var (letters, ledger) = (new Mock<IDeadLetters>(), new Mock<ILedger>());
        letters
            .Setup(l => l.KeepAsync(It.IsAny<DeadLetter>(), It.IsAny<CancellationToken>()))
            .Callback((DeadLetter letter, CancellationToken _) => _letters.Add(letter))
            .ReturnsAsync("id");
        ledger
            .Setup(l => l.AppendAsync(It.IsAny<LedgerEntry>(), It.IsAny<CancellationToken>()))
            .Callback((LedgerEntry entry, CancellationToken _) => _lines.Add(_broken is null ? entry : throw _broken));
        return new(
            new(
                letters.Object,
                ledger.Object,
                new KeptFindings(TimeProvider.System).DeadLetters,
                Mock.Of<IFindings>(),
                new FakeTimeProvider(),
                NullLogger<KeepDeadLetter>.Instance
            ),
            _options,
            NullLogger<RunTrigger>.Instance
        );
    }
}
