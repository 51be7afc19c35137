using Rekey.Core;
using Rekey.Detections.Sweeps;
using Rekey.Trust;

namespace Rekey.Detections.Campaigns;

/// <summary>
/// Asks of a campaign's tokens once more whether the verdict holds, while their issuances may still arrive (T17). What does not hold is
/// withdrawn; what is something else now goes to the campaign of that.
/// </summary>
public sealed class JudgeAgain(ITokenLog log, RecordSightings record, SweepOptions options, TrustOptions trust, TimeProvider timeProvider)
{
    /// <summary>How many tokens go into one query.</summary>
    private const int Page = 2_000;

    /// <param name="until">When it is time to leave the rest to the next run; one page is asked about however late it is.</param>
    /// <param name="touched">Gets the campaigns that tokens have moved to.</param>
    /// <returns>Tokens that there was no time to ask about.</returns>
    public async Task<IReadOnlySet<string>> RunAsync(
        TokenCampaign campaign,
        CampaignRows rows,
        DateTimeOffset until,
        SweepContext context,
        ISet<string> touched,
        CancellationToken cancellationToken
    )
    {
        // 1. Verdicts that issuances have a say in, and tokens for which one may still come.
        var detections = DetectionsFor(campaign, context);
        if (detections.Count == 0)
        {
            return new HashSet<string>();
        }

        // Those whose issuances must be looked up together, or the same would be read for every page; then in another order each time, so
        // that none is always the one that time runs out for.
        var now = timeProvider.GetUtcNow();
        var open = rows
            .Tokens.Where(t => MayChange(t))
            .OrderByDescending(t => LookBack.IsOutlived(t.Token.IssuedAt, t.LastSeen, context.Parameters))
            .ThenBy(t => StableId.Of(t.Token.Id, now.ToString("O")), StringComparer.Ordinal)
            .Select(t => Seen(campaign.Verdict, t))
            .ToList();
        foreach (var (n, page) in open.Chunk(Page).Index())
        {
            if (n > 0 && timeProvider.GetUtcNow() >= until)
            {
                return open.Skip(n * Page).Select(s => s.Token.Id).ToHashSet(StringComparer.Ordinal);
            }

            // 2. What holds now.
            var (hold, become, sure) = (
                new HashSet<string>(StringComparer.Ordinal),
                new HashSet<string>(StringComparer.Ordinal),
                new HashSet<string>(StringComparer.Ordinal)
            );
            foreach (var detection in detections)
            {
                var found = await log.DetectAgainAsync(detection, page, context.Parameters, cancellationToken)
                    .ToListAsync(cancellationToken);
                hold.UnionWith(
                    found
                        .Where(s => s.Verdict == campaign.Verdict && (detection.IsLive || detection.Id == campaign.DetectionId))
                        .Select(s => s.Token.Id)
                );
                sure.UnionWith(found.Where(s => s is { Verdict: Verdict.Unissued, IsUnsure: false }).Select(s => s.Token.Id));

                // 3. What has become something else: saved there before it is withdrawn here.
                var others = found.Where(s => campaign.Verdict.MayBecome(s.Verdict)).ToList();
                become.UnionWith(found.Where(s => campaign.Verdict.MayFallBackTo(s.Verdict)).Select(s => s.Token.Id));
                if (detection.IsLive && others.Count > 0)
                {
                    await record.RunAsync(
                        others.Select(s => Whole(rows, s)).SelectMany(s => s).ToAsyncEnumerable(),
                        detection,
                        context,
                        touched,
                        cancellationToken
                    );
                }
            }

            // 4. The rest was wrong. An issuance that was there and is not any more has only grown old: that takes nothing back.
            var wrong = page.Select(s => s.Token.Id)
                .Where(id => !hold.Contains(id) && !become.Contains(id))
                .ToHashSet(StringComparer.Ordinal);
            await rows.ChangeAsync(
                t =>
                    wrong.Contains(t.Token.Id) ? t.Withdrawn(timeProvider.GetUtcNow())
                    : t.IsUnsure && sure.Contains(t.Token.Id) ? t with { IsUnsure = false }
                    : t,
                cancellationToken
            );
        }

        return new HashSet<string>();
    }

    /// <summary>Whether a late issuance may still change what is said of a token.</summary>
    public bool MayChange(TrackedToken token) =>
        token.Standing is not TokenStanding.Withdrawn
        && timeProvider.GetUtcNow() < token.FinalAt(trust.MaxTokenLifetime, trust.ClockSkew) + options.LateIssuance;

    /// <summary>The share without tokens that were withdrawn and are dead.</summary>
    public TokenChunk Without(TokenChunk chunk)
    {
        var now = timeProvider.GetUtcNow();
        var tokens = chunk
            .Tokens.Where(t =>
                t is not { Standing: TokenStanding.Withdrawn, Block: null }
                || t.WithdrawnAt + options.LateIssuance > now
                || t.FinalAt(trust.MaxTokenLifetime, trust.ClockSkew) + options.LateIssuance > now
            )
            .ToList();
        return tokens.Count == chunk.Tokens.Count ? chunk : chunk with { Tokens = tokens, HasMore = chunk.HasMore && tokens.Count > 0 };
    }

    /// <summary>Those that yield the verdict, what may become of it, or what is left of it: whatever their names are.</summary>
    private static List<Detection> DetectionsFor(TokenCampaign campaign, SweepContext context) =>
        campaign.Verdict is var was && !was.IsProvisional()
            ? []
            : [.. context.Detections.Where(d => d.Verdicts.Any(v => v == was || was.MayBecome(v) || was.MayFallBackTo(v)))];

    /// <summary>One row a token: issuances do not depend on where it was used, and times only on the first and the last.</summary>
    private static Sighting Seen(Verdict verdict, TrackedToken t) =>
        new(verdict, t.Token, t.Uses[0].Address, t.FirstSeen, t.LastSeen, t.Uses.Sum(u => u.Accesses));

    /// <summary>With all that is known of where the token was used.</summary>
    private static IEnumerable<Sighting> Whole(CampaignRows rows, Sighting sighting) =>
        rows
            .Tokens.Where(t => t.Token.Id == sighting.Token.Id)
            .SelectMany(t => t.Uses)
            .Select(u => new Sighting(sighting.Verdict, sighting.Token, u.Address, u.FirstSeen, u.LastSeen, u.Accesses));
}
