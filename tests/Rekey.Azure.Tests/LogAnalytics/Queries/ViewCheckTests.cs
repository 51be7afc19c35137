using Rekey.Azure.LogAnalytics.Client;
using Rekey.Azure.Tests.Support;
using Rekey.Core;
using static Rekey.Azure.Tests.LogAnalytics.Workspace;

namespace Rekey.Azure.Tests.LogAnalytics.Queries;

/// <summary>Blindness is not silence: what cannot be judged as it is, is told.</summary>
public sealed class ViewCheckTests
{
    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    [Fact]
    public async Task Nothing_is_judged_before_issuers_log()
    {
        await using var workspace = await StartAsync();
        workspace.OnFirst = _ => OneRow(["First:datetime"], [null]);
        workspace.OnCount = _ => Counts(accesses: 0, issued: 0);
        Assert.Null(await workspace.Log().NextAsync(Cancel));

        workspace.OnCount = _ => Counts(accesses: 9, issued: 0);
        var refused = await Assert.ThrowsAsync<CannotContinueException>(() => workspace.Log().NextAsync(Cancel));

        Assert.Equal(LogsReasons.IssuancesMissing, refused.Reason);
        Assert.Equal(0, workspace.Watermarks.Writes);
    }

    [Fact]
    public async Task A_watermark_ahead_of_the_clock_is_told()
    {
        await using var workspace = await StartAsync();
        workspace.Watermarks.Set(workspace.Clock.GetUtcNow().AddDays(1));

        var refused = await Assert.ThrowsAsync<CannotContinueException>(() => workspace.Log().NextAsync(Cancel));

        Assert.Equal(LogsReasons.WatermarkAhead, refused.Reason);
    }

    [Fact]
    public async Task Rows_that_do_not_say_when_they_arrived_are_told()
    {
        await using var workspace = await StartAsync();
        workspace.OnCount = _ => Counts(accesses: 0, untimed: 5);

        Assert.Equal(
            LogsReasons.ArrivalUnknown,
            (await Assert.ThrowsAsync<CannotContinueException>(() => workspace.Log().NextAsync(Cancel))).Reason
        );
    }

    [Fact]
    public async Task Without_any_issuance_nobody_is_called_a_forger()
    {
        await using var workspace = await StartAsync();
        workspace.Watermarks.Set(workspace.Clock.GetUtcNow().AddHours(-1));
        workspace.OnCount = _ => Counts(accesses: 9, issued: 0);

        Assert.Equal(
            LogsReasons.IssuancesMissing,
            (await Assert.ThrowsAsync<CannotContinueException>(() => workspace.Log().NextAsync(Cancel))).Reason
        );

        // A view that lacks a column is empty too, and is named.
        workspace.OnCheck = _ => MissingName("IssuerInstance");
        var refused = await Assert.ThrowsAsync<CannotContinueException>(() => workspace.Log().NextAsync(Cancel));
        Assert.Equal(LogsReasons.NameMissing, refused.Reason);
        Assert.Contains("'IssuerInstance'", refused.Message);
    }

    [Fact]
    public async Task A_log_that_never_received_anything_is_silent_and_one_without_a_column_is_not()
    {
        await using var workspace = await StartAsync();
        workspace.OnCount = _ => Counts(accesses: 0);
        workspace.OnCheck = _ => MissingName("GatewayAccess");
        Assert.Equal(0, (await workspace.Log().NextAsync(Cancel))!.Accesses);

        workspace.OnCheck = query => query.Contains("project", StringComparison.Ordinal) ? MissingName("SrcIpAddr") : Table(["Iss:string"]);
        Assert.Contains(
            "'SrcIpAddr'",
            (await Assert.ThrowsAsync<CannotContinueException>(() => workspace.Log().NextAsync(Cancel))).Message
        );
    }

    private static Reply MissingName(string name) =>
        new(
            400,
            """
            {"error":{"code":"BadArgumentError","message":"m","innererror":{"code":"SemanticError","message":"m",
              "innererror":{"code":"SEM0100","message":"'project' operator: Failed to resolve scalar expression named 'NAME'"}}}}
            """.Replace("NAME", name)
        );
}
