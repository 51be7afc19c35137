using Rekey.Core;
using Rekey.Detections.Sweeps;
using Rekey.Trust;

namespace Rekey.Detections.Campaigns;

/// <summary>
/// Judges a campaign's tokens again while their issuances may still arrive (T17). It withdraws wrong verdicts, and moves tokens with
/// another verdict to the campaign of that verdict.
/// </summary>
public sealed class JudgeAgain(ITokenLog log, RecordSightings record, SweepOptions options, TrustOptions trust, TimeProvider timeProvider)
{
    /// <summary>The maximum number of tokens in one query.</summary>
    private const int Page = 2_000;

    /// <param name="until">When to leave the rest to the next run; it always judges at least one page.</param>
    /// <param name="touched">Collects the campaigns that tokens moved to.</param>
    /// <returns>Tokens that it had no time to judge.</returns>
    public async Task<IReadOnlySet<string>> RunAsync(
        TokenCampaign campaign,
        CampaignRows rows,
        DateTimeOffset until,
        SweepContext context,
        ISet<string> touched,
        CancellationToken cancellationToken
    )
    {
        // 1. Select tokens whose verdict depends on issuances, and whose issuance may still arrive.
        var detections = DetectionsFor(campaign, context);
        if (detections.Count == 0)
        {
            return new HashSet<string>();
        }

        // Group tokens whose issuances must be looked up, to avoid reading the same files for every page. Change the order each time, so
        // that time does not always run out for the same tokens.
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

            // 2. Judge them again.
            var (hold, become, sure) = (
                new HashSet<string>(StringComparer.Ordinal),
                new HashSet<string>(StringComparer.Ordinal),
                new HashSet<string>(StringComparer.Ordinal)
            );
            foreach (var detection in detections)
            {
                List<Sighting> found;
                try
                {
                    found = await log.DetectAgainAsync(detection, page, context.Parameters, cancellationToken)
                        .ToListAsync(cancellationToken);
                }
                catch (Exception e)
                    when (!detection.IsLive && detection.Id != campaign.DetectionId && e is RetryLaterException or CannotContinueException)
                {
                    // A quiet detection stops no live one: what it could keep from being withdrawn is not withdrawn.
                    become.UnionWith(page.Select(s => s.Token.Id));
                    continue;
                }

                hold.UnionWith(
                    found
                        .Where(s => s.Verdict == campaign.Verdict && (detection.IsLive || detection.Id == campaign.DetectionId))
                        .Select(s => s.Token.Id)
                );
                sure.UnionWith(found.Where(s => s.Verdict.MayBeHidden() && !s.IsUnsure).Select(s => s.Token.Id));

                // 3. Save tokens with another verdict in its campaign before withdrawing them here.
                var others = found.Where(s => campaign.Verdict.MayBecome(s.Verdict)).ToList();
                become.UnionWith(found.Where(s => s.Verdict.MayBecome(campaign.Verdict)).Select(s => s.Token.Id));
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

            // 4. Withdraw the rest. An issuance that has only become too old to read withdraws nothing.
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

    /// <summary>Whether a late issuance may still change the verdict on a token.</summary>
    public bool MayChange(TrackedToken token) =>
        token.Standing is not TokenStanding.Withdrawn
        && timeProvider.GetUtcNow() < token.FinalAt(trust.MaxTokenLifetime, trust.ClockSkew) + options.LateIssuance;

    /// <summary>Returns the share without withdrawn, expired tokens.</summary>
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

    /// <summary>Returns the detections that yield the verdict, or one that may replace it.</summary>
    private static List<Detection> DetectionsFor(TokenCampaign campaign, SweepContext context) =>
        campaign.Verdict is var was && !was.IsProvisional()
            ? []
            : [.. context.Detections.Where(d => d.Verdicts.Any(v => v == was || was.MayBecome(v) || v.MayBecome(was)))];

    /// <summary>Makes one row per token: issuances do not depend on the place of use, and times only on the first and last use.</summary>
    private static Sighting Seen(Verdict verdict, TrackedToken t) =>
        new(verdict, t.Token, t.Uses[0].Address, t.FirstSeen, t.LastSeen, t.Uses.Sum(u => u.Accesses));

    /// <summary>Restores the known uses of the token.</summary>
    private static IEnumerable<Sighting> Whole(CampaignRows rows, Sighting sighting) =>
        rows
            .Tokens.Where(t => t.Token.Id == sighting.Token.Id)
            .SelectMany(t => t.Uses)
            .Select(u => new Sighting(sighting.Verdict, sighting.Token, u.Address, u.FirstSeen, u.LastSeen, u.Accesses));
}
