using Rekey.Azure.LogAnalytics.Client;
using Rekey.Azure.LogAnalytics.Queries;
using Rekey.Core;
using Rekey.Detections;
using static Rekey.Azure.Tests.LogAnalytics.LogAnalyticsTokenLogTests;
using static Rekey.Azure.Tests.LogAnalytics.Workspace;

namespace Rekey.Azure.Tests.LogAnalytics.Queries;

/// <summary>Results that are larger than a reply may be: asked for in shares, each row exactly once.</summary>
public sealed class PartitionTests
{
    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(0, 100)]
    [InlineData(99, 100)]
    [InlineData(2000, 100)]
    [InlineData(2000, 7)]
    public async Task The_shares_of_many_tokens_are_all_of_them_and_none_twice(int tokens, int cap)
    {
        await using var workspace = await StartAsync(cap, [.. Enumerable.Range(0, tokens).Select(i => Row($"j-{i}"))]);

        var found = await FindAsync(workspace);

        Assert.Equal(
            Enumerable.Range(0, tokens).Select(i => $"j-{i}").Order(StringComparer.Ordinal),
            found.Select(s => s.Token.Jti).Order(StringComparer.Ordinal)
        );
        Assert.Equal(tokens <= cap, workspace.Queries.Count(q => q.Contains("Verdict", StringComparison.Ordinal)) == 1);
    }

    [Fact]
    public async Task One_token_from_too_many_addresses_is_shared_out_by_its_rows()
    {
        await using var workspace = await StartAsync(
            100,
            [.. Enumerable.Range(0, 1500).Select(i => Row("j-1", $"10.0.{i / 256}.{i % 256}", "shared"))]
        );

        var found = await FindAsync(workspace);

        Assert.Equal(1500, found.Count);
        Assert.Equal(1500, found.Select(s => s.SrcIpAddr).Distinct().Count());
    }

    [Fact]
    public async Task Tokens_without_a_jti_are_shared_out_too()
    {
        await using var workspace = await StartAsync(
            100,
            [.. Enumerable.Range(0, 500).Select(i => Row("", $"10.0.{i / 256}.{i % 256}", "unidentified"))]
        );

        Assert.Equal(500, (await FindAsync(workspace)).Select(s => s.SrcIpAddr).Distinct().Count());
    }

    [Fact]
    public async Task What_no_share_can_hold_is_told_and_ends()
    {
        // Rows that are the same to the last cell do not exist in a result; a service that cuts everything does the same.
        await using var workspace = await StartAsync(0, [Row("j-1")]);

        var refused = await Assert.ThrowsAsync<CannotContinueException>(() => FindAsync(workspace));

        Assert.Equal(LogsReasons.ResultTooLarge, refused.Reason);
        Assert.True(workspace.Queries.Count < 100);
    }

    [Fact]
    public async Task A_share_that_fails_ends_it()
    {
        await using var workspace = await StartAsync(100, [.. Enumerable.Range(0, 500).Select(i => Row($"j-{i}"))]);
        var answer = workspace.OnDetect;
        workspace.OnDetect = query => Share.Of(query) is { Tokens: 8, Token: 2 } ? Partial() : answer(query);

        await Assert.ThrowsAsync<RetryLaterException>(() => FindAsync(workspace));
    }

    [Fact]
    public async Task Gaps_are_shared_out_by_rows_only_since_an_instance_is_seen_whole()
    {
        await using var workspace = await Workspace.StartAsync();
        workspace.Watermarks.Set(workspace.Clock.GetUtcNow().AddHours(-1));
        workspace.OnDetect = query => Share.Of(query) is { Tokens: 1, Rows: 8 } ? Table(["Iss:string"]) : Cut();
        var batch = (await workspace.Log().NextAsync(Cancel))!;

        Assert.Empty(
            await AllAsync(
                workspace.Log().FindGapsAsync(Detection("issuance-gap", DetectionRows.Gaps), batch, DetectionQueries.Parameters, Cancel)
            )
        );
        Assert.Equal(10, workspace.Queries.Count);
    }

    [Fact]
    public void Shares_of_a_share_divide_it()
    {
        var left = new Queue<KqlPartition>([KqlPartition.Whole]);
        var tokens = new Dictionary<int, int>();
        while (left.TryDequeue(out var share))
        {
            foreach (var part in share.Split(byToken: true).Where(p => p.Rows == 1))
            {
                Assert.Equal(0, part.Tokens % share.Tokens);
                Assert.Equal(share.Token, part.Token % share.Tokens);
                tokens[part.Tokens] = tokens.GetValueOrDefault(part.Tokens) + 1;
                left.Enqueue(part);
            }
        }

        Assert.Equal(
            new Dictionary<int, int>
            {
                [8] = 8,
                [64] = 64,
                [512] = 512,
            },
            tokens
        );
    }

    private static async Task<Workspace> StartAsync(int cap, object?[][] rows)
    {
        var workspace = await Workspace.StartAsync();
        workspace.Watermarks.Set(workspace.Clock.GetUtcNow().AddHours(-1));
        workspace.OnDetect = query =>
        {
            var share = Share.Of(query);
            var held = rows.Where(share.Holds).ToArray();
            return held.Length > cap ? Cut([.. held.Take(cap)]) : Tokens(held);
        };
        return workspace;
    }

    private static async Task<List<Sighting>> FindAsync(Workspace workspace)
    {
        var batch = (await workspace.Log().NextAsync(Cancel))!;
        var finding = AllAsync(workspace.Log().DetectAsync(Detection("unissued"), batch, DetectionQueries.Parameters, Cancel));
        // More than 200 shares have to wait their turn.
        await workspace.Clock.RunAsync(finding);
        return await finding;
    }
}
