using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Rekey.Core;

namespace Rekey.Cli.Gateways;

/// <summary>Sends a gateway what it must refuse, and says what it lets in.</summary>
/// <param name="wait">How long the gateway may take to let an honest token in.</param>
/// <param name="pullWait">How long a change of the lists may take to arrive.</param>
/// <param name="say">Where progress goes.</param>
internal sealed partial class GatewayTester(GatewayCaller caller, TimeSpan wait, TimeSpan pullWait, Func<string, Task> say)
{
    private static readonly TimeSpan Beat = TimeSpan.FromMilliseconds(200);

    private readonly List<CaseResult> _results = [];
    private readonly List<(GatewayCase Case, GatewayAnswer Answer)> _refusals = [];
    private GatewayAnswer? _honest;

    /// <summary>Tests a gateway that reads the documents of a throw-away issuer.</summary>
    /// <exception cref="CannotContinueException">The gateway lets no honest token in.</exception>
    public async Task<IReadOnlyList<CaseResult>> RunAsync(
        ThrowawayIssuer issuer,
        OfferedDocuments offered,
        CancellationToken cancellationToken
    )
    {
        // 1. Serve the first lists, and wait until the gateway has them: an honest token is let in.
        var byHash = issuer.Mint(issuer.Current, ThrowawayIssuer.Fresh("hash"));
        var first = await issuer.PublishFirstAsync(offered, byHash, cancellationToken);
        await say("waiting until the gateway lets an honest token in");
        string Honest() => issuer.Mint(issuer.Current, ThrowawayIssuer.Fresh("honest"));
        await WaitForHonestAsync(Honest, cancellationToken);

        // 2. Send what must be refused under these lists.
        var cases = MustRefuse
            .OfAny(Honest(), issuer.Foreign, issuer.Issuer + ThrowawayIssuer.ForeignJwksPath)
            .Concat(MustRefuse.Of(issuer, byHash));
        await SendAsync(cases, cancellationToken);
        if (offered.Asked(ThrowawayIssuer.ForeignJwksPath) > 0)
        {
            Add("follows-addresses", "an address in a token's header", CaseState.LetIn, "the gateway called the address");
        }

        // 3. Block one more token and revoke a key, and take the time until both are refused.
        await say("blocking a token and revoking a key");
        var jti = ThrowawayIssuer.Fresh("later");
        var (blocked, revoked) = (issuer.Mint(issuer.Current, jti), issuer.Mint(issuer.Leaving, ThrowawayIssuer.Fresh("leaving")));
        var pulled = offered.Asked(ThrowawayIssuer.TrustPath) > 0;
        await issuer.PublishNextAsync(offered, jti, cancellationToken);
        var isBlocked = await UntilRefusedAsync(
            new("block-arrives", "a token that was blocked just now", blocked),
            pulled,
            cancellationToken
        );
        var isRevoked = await UntilRefusedAsync(
            new("revocation-arrives", "a token of a key that was revoked just now", revoked),
            pulled,
            cancellationToken
        );

        // 4. Offer the old lists again: they must un-block and revive nothing.
        await say("offering the old lists again");
        ThrowawayIssuer.Offer(offered, first);
        await UntilAskedTwiceAsync(offered, pulled, cancellationToken);
        await AgainAsync(
            isBlocked,
            new("old-blocklist", "a blocked token, after an old blocklist was offered", blocked),
            cancellationToken
        );
        await AgainAsync(
            isRevoked,
            new("old-trust-list", "a revoked key, after an old trust list was offered", revoked),
            cancellationToken
        );
        await SendHonestAsync(Honest(), cancellationToken);

        // 5. Compare the refusals.
        AddRefusals();
        return _results;
    }

    /// <summary>Tests a gateway with given tokens, and with what can be made of an honest one.</summary>
    /// <exception cref="CannotContinueException">The gateway lets no honest token in.</exception>
    public async Task<IReadOnlyList<CaseResult>> RunAsync(GivenTokens given, CancellationToken cancellationToken)
    {
        var honest = given.Honest[0].Token!;
        await WaitForHonestAsync(() => honest, cancellationToken);
        using var foreign = new ThrowawayKey();
        await SendAsync(MustRefuse.OfAny(honest, foreign, foreignJwks: null).Concat(given.Refused), cancellationToken);
        foreach (var more in given.Honest)
        {
            await SendHonestAsync(more.Token!, cancellationToken, more.Name);
        }

        AddRefusals();
        return _results;
    }

    private async Task WaitForHonestAsync(Func<string> mint, CancellationToken cancellationToken)
    {
        for (var watch = Stopwatch.StartNew(); ; await Task.Delay(Beat, cancellationToken))
        {
            var answer = await caller.CallAsync(mint(), cancellationToken);
            if (!answer.IsRefusal && answer.Status is < 500)
            {
                _honest = answer;
                return;
            }

            if (watch.Elapsed > wait)
            {
                throw new CannotContinueException(
                    "honest-token-refused",
                    $"The gateway let no honest token in for {wait.TotalSeconds:0} seconds: {answer}.",
                    "Start it with the settings that this command writes (--settings), or correct the tokens of --tokens. A gateway that "
                        + "lets nothing in cannot be tested."
                );
            }
        }
    }

    private async Task SendAsync(IEnumerable<GatewayCase> cases, CancellationToken cancellationToken)
    {
        foreach (var one in cases)
        {
            await SendAsync(one, cancellationToken);
        }
    }

    private async Task SendAsync(GatewayCase one, CancellationToken cancellationToken)
    {
        var answer = await caller.CallAsync(one.Token, cancellationToken);
        Add(one.Name, one.What, StateOf(answer), answer.ToString());
        if (answer.IsRefusal && one.Token is not null)
        {
            _refusals.Add((one, answer));
        }
    }

    private async Task SendHonestAsync(string token, CancellationToken cancellationToken, string name = "honest")
    {
        var answer = await caller.CallAsync(token, cancellationToken);
        Add(name, "an honest token is let in", answer.IsLetIn(_honest) ? CaseState.Ok : CaseState.Failed, answer.ToString());
    }

    /// <summary>Sends a token until it is refused; false when it never was.</summary>
    private async Task<bool> UntilRefusedAsync(GatewayCase one, bool pulls, CancellationToken cancellationToken)
    {
        for (var watch = Stopwatch.StartNew(); ; await Task.Delay(Beat, cancellationToken))
        {
            var answer = await caller.CallAsync(one.Token, cancellationToken);
            if (answer.IsRefusal)
            {
                Add(one.Name, one.What, CaseState.Ok, $"refused after {Seconds(watch.Elapsed)}");
                _refusals.Add((one, answer));
                return true;
            }

            // A gateway that has never asked for a list learns of no change.
            if (!pulls || watch.Elapsed > pullWait)
            {
                Add(
                    one.Name,
                    one.What,
                    StateOf(answer),
                    pulls ? $"{answer}, still after {Seconds(watch.Elapsed)}" : $"{answer}; the gateway pulls no lists"
                );
                return false;
            }
        }
    }

    /// <summary>Waits until the gateway has asked for both lists twice: it has judged what it got at the first time then.</summary>
    private async Task UntilAskedTwiceAsync(OfferedDocuments offered, bool pulls, CancellationToken cancellationToken)
    {
        var (trust, blocks) = (offered.Asked(ThrowawayIssuer.TrustPath), offered.Asked(ThrowawayIssuer.BlockPath));
        for (
            var watch = Stopwatch.StartNew();
            pulls
                && watch.Elapsed < pullWait
                && (offered.Asked(ThrowawayIssuer.TrustPath) < trust + 2 || offered.Asked(ThrowawayIssuer.BlockPath) < blocks + 2);

        )
        {
            await Task.Delay(Beat, cancellationToken);
        }
    }

    private Task AgainAsync(bool wasRefused, GatewayCase one, CancellationToken cancellationToken)
    {
        if (wasRefused)
        {
            return SendAsync(one, cancellationToken);
        }

        Add(one.Name, one.What, CaseState.NotTried, "it was not refused before");
        return Task.CompletedTask;
    }

    /// <summary>Every refusal must be the same one, and say <c>invalid_token</c> (RFC 6750 §3.1) and nothing else.</summary>
    private void AddRefusals()
    {
        var other = _refusals.Where(r => !IsPlain(r.Answer)).ToList();
        Add(
            "invalid-token",
            "each refusal is 401 with error=\"invalid_token\", without a description",
            other.Count == 0 ? CaseState.Ok : CaseState.Tells,
            other.Count == 0 ? $"{_refusals.Count} refusals" : Some(other.Select(r => $"{r.Case.Name}: {r.Answer}"))
        );
        var kinds = _refusals.GroupBy(r => Varying().Replace(r.Answer.Body, ""), StringComparer.Ordinal).ToList();
        Add(
            "refusals-alike",
            "the text of a refusal is the same for every reason",
            kinds.Count < 2 ? CaseState.Ok : CaseState.Tells,
            kinds.Count < 2 ? "one text" : $"{kinds.Count} texts: {Some(kinds.Select(k => k.First().Case.Name))}"
        );
    }

    private static bool IsPlain(GatewayAnswer answer) =>
        answer.Status == 401
        && answer.Challenge.StartsWith("Bearer", StringComparison.OrdinalIgnoreCase)
        && InvalidToken().IsMatch(answer.Challenge)
        && !answer.Challenge.Contains("error_", StringComparison.OrdinalIgnoreCase);

    private CaseState StateOf(GatewayAnswer answer) =>
        answer.IsRefusal ? CaseState.Ok
        : answer.IsLetIn(_honest) ? CaseState.LetIn
        : CaseState.Failed;

    private void Add(string name, string what, CaseState state, string says) => _results.Add(new(name, what, state, says));

    private static string Some(IEnumerable<string> all) =>
        all.ToList() is { Count: > 3 } many ? $"{string.Join("; ", many.Take(3))}; and {many.Count - 3} more" : string.Join("; ", all);

    private static string Seconds(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.0} s");

    [GeneratedRegex("\\berror=\"?invalid_token\"?", RegexOptions.IgnoreCase | RegexOptions.NonBacktracking)]
    private static partial Regex InvalidToken();

    /// <summary>Ids, times and numbers, which differ from one answer to the next.</summary>
    [GeneratedRegex("[0-9a-fA-F-]{8,}|[0-9]+", RegexOptions.NonBacktracking)]
    private static partial Regex Varying();
}
