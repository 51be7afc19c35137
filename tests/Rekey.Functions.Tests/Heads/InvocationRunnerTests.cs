using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Moq;
using Rekey.Findings;
using Rekey.Functions.Wire;
using Rekey.Ledgers;

namespace Rekey.Functions.Tests;

/// <summary>An invocation without HTTP, as the isolated worker runs it: it ends when the input was dealt with, and fails when it must come again.</summary>
public sealed class InvocationRunnerTests
{
    private readonly List<DeadLetter> _letters = [];
    private readonly List<LedgerEntry> _lines = [];
    private readonly List<Finding> _raised = [];
    private readonly HandlerOptions _options = new();
    private CannotContinueException? _broken;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("""{"key":"a"}""", JsonValueKind.Object)]
    [InlineData("\"{\\\"key\\\":\\\"a\\\"}\"", JsonValueKind.Object)]
    [InlineData("no json", JsonValueKind.String)]
    [InlineData("", JsonValueKind.String)]
    [InlineData("""{"key":"a","key":"b"}""", JsonValueKind.String)]
    public async Task A_text_is_the_value_that_the_custom_handler_unwraps(string text, JsonValueKind kind)
    {
        JsonElement seen = default;
        await Runner().RunAsync(Calling(v => seen = v), text, Cancel);
        Assert.Equal(kind, seen.ValueKind);

        // The host wraps it twice for a custom handler.
        using var body = new MemoryStream(JsonSerializer.SerializeToUtf8Bytes(new { Data = new { message = JsonSerializer.Serialize(text) } }));
        var request = new Microsoft.AspNetCore.Http.DefaultHttpContext { Request = { Body = body } }.Request;
        Assert.Equal((await Envelope.ReadAsync(request, "message", Cancel)).GetRawText(), seen.GetRawText());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Bad_input_is_a_dead_letter_and_does_not_come_again(bool keepsItself)
    {
        await Runner().RunAsync(Calling(_ => throw new BadInputException("no-good", "It is no good."), keepsItself), """{"token":"hush"}""", Cancel);
        var letter = Assert.Single(_letters);
        Assert.Equal(("Probe", "no-good"), (letter.Source, letter.Reason));
        Assert.DoesNotContain("hush", JsonSerializer.Serialize(letter), StringComparison.Ordinal);
        Assert.Equal(LedgerKinds.InputDeadLettered, Assert.Single(_lines).Kind);
    }

    [Fact]
    public async Task What_cannot_go_on_is_a_dead_letter()
    {
        await Runner().RunAsync(Calling(_ => throw new CannotContinueException("gone", "It is gone.", "Look for it.")), "{}", Cancel);
        Assert.Equal("gone", Assert.Single(_letters).Reason);
    }

    [Fact]
    public async Task What_cannot_go_on_comes_again_and_is_a_finding_where_the_sender_keeps_it()
    {
        await Assert.ThrowsAsync<RetryLaterException>(() => Runner().RunAsync(Calling(_ => throw new CannotContinueException("gone", "It is gone.", "Look for it."), keepsItself: true), "{}", Cancel));
        Assert.Empty(_letters);
        Assert.Single(_raised);
    }

    [Fact]
    public async Task What_is_put_off_comes_again()
    {
        var later = new RetryLaterException("Not now.");
        Assert.Same(later, await Assert.ThrowsAsync<RetryLaterException>(() => Runner().RunAsync(Calling(_ => throw later), "{}", Cancel)));
        Assert.Empty(_letters);
    }

    [Fact]
    public async Task At_the_deadline_it_is_put_off()
    {
        _options.Deadline = TimeSpan.FromMilliseconds(1);
        await Assert.ThrowsAsync<RetryLaterException>(() => Runner().RunAsync(new("Probe", "message", (_, _, cancel) => Task.Delay(Timeout.Infinite, cancel)), "{}", Cancel));
    }

    [Fact]
    public async Task What_the_host_cancels_is_no_deadline()
    {
        using var stopped = new CancellationTokenSource();
        await stopped.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Runner().RunAsync(new("Probe", "message", (_, _, cancel) => Task.Delay(Timeout.Infinite, cancel)), "{}", stopped.Token));
    }

    [Fact]
    public async Task What_nobody_foresaw_comes_through() =>
        await Assert.ThrowsAsync<InvalidOperationException>(() => Runner().RunAsync(Calling(_ => throw new InvalidOperationException("A bug.")), "{}", Cancel));

    private static Invocation Calling(Action<JsonElement> run, bool keepsItself = false) => new("Probe", "message", (_, value, _) =>
    {
        run(value);
        return Task.CompletedTask;
    }, keepsItself);

    [Fact]
    public async Task A_broken_ledger_does_not_bring_a_dead_letter_back()
    {
        _broken = LedgerChain.Broken("line 7 does not follow line 6");
        await Runner().RunAsync(Calling(_ => throw new BadInputException("no-good", "It is no good.")), "{}", Cancel);
        Assert.Single(_letters);
    }

    private InvocationRunner Runner()
    {
        var (letters, ledger, findings) = (new Mock<IDeadLetters>(), new Mock<ILedger>(), new Mock<IFindings>());
        letters.Setup(l => l.KeepAsync(It.IsAny<DeadLetter>(), It.IsAny<CancellationToken>())).Callback((DeadLetter letter, CancellationToken _) => _letters.Add(letter)).ReturnsAsync("id");
        ledger.Setup(l => l.AppendAsync(It.IsAny<LedgerEntry>(), It.IsAny<CancellationToken>())).Callback((LedgerEntry entry, CancellationToken _) => _lines.Add(_broken is null ? entry : throw _broken));
        findings.Setup(f => f.RaiseAsync(It.IsAny<Finding>(), It.IsAny<CancellationToken>())).Callback((Finding finding, CancellationToken _) => _raised.Add(finding)).Returns(Task.CompletedTask);
        var clock = new FakeTimeProvider();
        return new(new ServiceCollection().BuildServiceProvider(), new(letters.Object, ledger.Object, clock, NullLogger<KeepDeadLetter>.Instance), findings.Object, _options, clock, NullLogger<InvocationRunner>.Instance);
    }
}
