using Microsoft.AspNetCore.Mvc;
using Rekey.Blocking;
using Rekey.Blocking.Proposals;
using Rekey.Blocking.Record;
using Rekey.Decisions;
using Rekey.Detections;
using Rekey.Detections.Campaigns;
using Rekey.Functions.Blocking.Views;
using Rekey.Functions.Security;
using Rekey.Functions.Wire;
using Rekey.Trust;

namespace Rekey.Functions.Blocking;

/// <summary>
/// HTTP: answers an operator whether a token is blocked, why, since when and until when, what sweeps found about it, which gateways
/// accepted it, and whether the key version that it names is trusted. A token that is sent is neither kept nor logged, and the answer
/// does not repeat it.
/// </summary>
public sealed class FindTokenFunction(
    GovernedKeys governedKeys,
    CampaignTokens campaigns,
    ReadBlocklist blocklist,
    DecisionLedger decisions,
    TokenSigners signers,
    TimeProvider timeProvider,
    ILogger<FindTokenFunction> log
)
{
    [Function("FindToken"), Authorize(Roles = Roles.Operator)]
    [Consumes(typeof(FindTokenRequest), "application/json")]
    [ProducesResponseType<TokenView>(StatusCodes.Status200OK)]
    [Problem(400, "not-one-way", "bad-name", "bad-hash", "bad-token"), Problem(403, "no-object-id")]
    public async Task<IResult> RunAsync([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "tokens/find")] HttpRequest request)
    {
        var (caller, cancel) = (request.HttpContext.User.ObjectId(), request.HttpContext.RequestAborted);
        var body = await StrictBody.ReadAsync<FindTokenRequest>(request, cancel);
        var sought = SoughtToken.Of(body, governedKeys);

        // 1. What sweeps know about it. That may have more values by which it is blocked.
        var (found, unreadable) = await campaigns.FindAsync(sought, cancel);

        // 2. The entries that block it.
        var (list, now) = (await blocklist.ReadAsync(cancel), timeProvider.GetUtcNow());
        var entries = FactsOf(sought, found.Select(f => f.Token.Token))
            .SelectMany(f => list.EntriesFor(f, now))
            .DistinctBy(e => e.Id, StringComparer.Ordinal)
            .ToList();
        var recorded = await decisions.ReadAsync(cancel);

        // 3. The version that signed it.
        var seen = found.Select(f => f.Token.Token).FirstOrDefault();
        var signer = await signers.FindAsync(sought.Issuer ?? seen?.Iss, sought.Kid ?? seen?.Kid, body.Token, cancel);

        // 4. The gateways that accepted it.
        var seenBy = await campaigns.SeenAsync(sought, seen, cancel);

        log.LogInformation("A caller looked for a token. Blocked: {IsBlocked}. By: {Caller}", entries.Count > 0, caller);
        request.HttpContext.Response.Headers.CacheControl = "no-store";
        return Results.Json(
            new TokenView(
                entries.Count > 0,
                [.. entries.Select(e => EntryOf(e, BlockProposal.ApprovalOf(e.Id, recorded), found.Select(f => f.Token)))],
                [.. found.Select(f => TokenVerdictView.Of(f.Campaign, f.Token))],
                signer,
                seenBy,
                unreadable
            )
        );
    }

    private IEnumerable<TokenFacts> FactsOf(SoughtToken sought, IEnumerable<PresentedToken> seen) =>
        (sought.Issuer is { } issuer ? [issuer] : governedKeys.Issuers.Select(i => i.Issuer))
            .Select(sought.FactsOf)
            .Concat(seen.Select(t => new TokenFacts(t.Iss, t.Jti, t.Sub, t.Kid, t.IssuedAt, t.SigningInputSha256)));

    private static TokenEntryView EntryOf(BlockEntry entry, Decision? decision, IEnumerable<TrackedToken> found)
    {
        var isDecided = entry.FindingId is null;
        var listedAt = found.Select(t => t.Block).FirstOrDefault(b => b?.EntryId == entry.Id)?.ListedAt;
        return new(
            entry.Id,
            entry.Kind,
            entry.Reason,
            isDecided ? decision?.AnsweredAt : listedAt,
            entry.ExpiresAt,
            entry.FindingId,
            isDecided ? decision?.Id : null
        );
    }
}
