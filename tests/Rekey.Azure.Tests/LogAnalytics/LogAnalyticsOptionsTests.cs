using Microsoft.Extensions.DependencyInjection;
using Rekey.Azure.Hosting;
using Rekey.Azure.LogAnalytics;
using Rekey.Azure.Storage.Connections;
using Rekey.Detections;
using Rekey.Ledgers.Records;

namespace Rekey.Azure.Tests.LogAnalytics;

public sealed class LogAnalyticsOptionsTests
{
    private static readonly StorageConnection Local = new("RekeyState") { ConnectionString = "UseDevelopmentStorage=true" };

    [Fact]
    public void The_defaults_are_right_and_nothing_is_checked_without_a_workspace()
    {
        Assert.Empty(new LogAnalyticsOptions { WorkspaceId = Workspace.Id }.Validate());
        Assert.Empty(new LogAnalyticsOptions { Overlap = TimeSpan.Zero }.Validate());
    }

    [Fact]
    public void Every_mistake_is_told_at_once()
    {
        var mistakes = new AzureOptions
        {
            LogAnalyticsEndpoint = new Uri("http://logs"),
            LogAnalyticsScope = "https://api.loganalytics.io",
            LogAnalytics = new LogAnalyticsOptions
            {
                WorkspaceId = "law-prod",
                SettleTime = TimeSpan.FromHours(7),
                Overlap = TimeSpan.Zero,
                MaxWindow = TimeSpan.FromDays(8),
                FirstLookBack = TimeSpan.FromHours(1),
                QueryTimeout = TimeSpan.FromMinutes(11),
                MaxThrottleWait = TimeSpan.FromSeconds(1),
            },
        }.Validate();

        Assert.Equal(10, mistakes.Count);
        Assert.Single(new LogAnalyticsOptions { WorkspaceId = Workspace.Id, MaxLookBack = TimeSpan.FromDays(91) }.Validate());
    }

    [Fact]
    public void There_is_a_token_log_where_a_workspace_is_set()
    {
        Assert.NotNull(Provider(new LogAnalyticsOptions { WorkspaceId = Workspace.Id }).GetRequiredService<ITokenLog>());
        Assert.Null(Provider(new LogAnalyticsOptions()).GetService<ITokenLog>());
    }

    private static ServiceProvider Provider(LogAnalyticsOptions options) =>
        new ServiceCollection()
            .AddSingleton<ILedgerRecords<SweepWatermark>>(new MemoryWatermarks())
            .AddRekeyAzure(new AzureOptions { LogAnalytics = options }, Local, Local)
            .BuildServiceProvider(new ServiceProviderOptions { ValidateOnBuild = true, ValidateScopes = true });
}
