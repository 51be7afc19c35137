using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Rekey.Azure.LogAnalytics;
using Rekey.Decisions;
using Rekey.Decisions.Answers;
using Rekey.Detections;
using Rekey.Detections.Issuances;
using Rekey.Detections.Sweeps;
using Rekey.DuckDb.Folders;
using Rekey.Functions.Hosting;
using Rekey.Functions.Hosting.Configuration;
using Rekey.Functions.Tests.Hosting;
using Rekey.Rotations.Steps.Draining;

namespace Rekey.Functions.Tests.Detections;

/// <summary>What sweeps read is said by the settings: the workspace where one is set, else folders, else nothing, and then there is no
/// sweep to run.</summary>
public sealed class SweepChoiceTests(RunningApp app) : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("rekey-sweep-choice-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData(false, false, null)]
    [InlineData(false, true, typeof(FolderTokenLog))]
    [InlineData(true, false, typeof(LogAnalyticsTokenLog))]
    [InlineData(true, true, typeof(LogAnalyticsTokenLog))]
    public async Task The_workspace_comes_before_folders(bool workspace, bool folders, Type? expected)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Needs /proc.");
        var builder = WebApplication.CreateSlimBuilder();

        // The settings of the worker that runs already, which sweeps nothing.
        builder.Configuration.AddInMemoryCollection(
            (await app.WorkerSettingsAsync(TestContext.Current.CancellationToken)).Where(v =>
                !v.Key.StartsWith("Rekey:LogFolder", StringComparison.Ordinal)
            )
        );
        builder.Configuration.AddInMemoryCollection(
            new Dictionary<string, string?>(StringComparer.Ordinal)
            {
                ["Rekey:Azure:LogAnalytics:WorkspaceId"] = workspace ? "11111111-2222-4333-8444-555555555555" : null,
                ["Rekey:LogFolder:IssuedFolder"] = folders ? _folder.CreateSubdirectory("issued").FullName : null,
                ["Rekey:LogFolder:AccessFolder"] = folders ? _folder.CreateSubdirectory("access").FullName : null,
            }.Where(v => v.Value is not null)
        );
        builder.Logging.ClearProviders();
        builder.Services.AddRekey(Settings.Read(builder.Configuration));
        await using var services = builder.Services.BuildServiceProvider();
        Assert.Equal(expected, services.GetService<ITokenLog>()?.GetType());
        Assert.Equal(expected is not null, services.GetService<SweepTokens>() is not null);
        // A workspace has the vaults' audit log beside the issuers' logs.
        Assert.IsType(
            expected is null ? typeof(NoSigningLog)
                : workspace ? typeof(SigningLogs)
                : typeof(LoggedIssuances),
            services.GetRequiredService<ISigningActivity>()
        );

        // Every kind of decision has its one handler: without sweeps nobody asks about tokens.
        var kinds = typeof(DecisionKinds)
            .GetFields()
            .Select(f => (string)f.GetRawConstantValue()!)
            .Where(k => expected is not null || k is not DecisionKinds.BlockTokens);
        Assert.Equal(
            kinds.Order(StringComparer.Ordinal),
            services.GetServices<IDecisionHandler>().SelectMany(h => h.Kinds).Order(StringComparer.Ordinal)
        );
    }
}
