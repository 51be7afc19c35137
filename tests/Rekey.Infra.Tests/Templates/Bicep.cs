using System.Diagnostics;
using System.Reflection;

namespace Rekey.Infra.Tests.Templates;

/// <summary>The Bicep CLI that the build restored. It works offline: resource types are in it.</summary>
internal static class Bicep
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <summary>What a snapshot assumes of where it would be deployed; no snapshot is of a real subscription.</summary>
    private static readonly string[] Where = ["--tenant-id", Tenant, "--location", Location, "--deployment-name", Deployment];

    public const string Tenant = "00000000-0000-4000-8000-000000000002";
    public const string Location = "westeurope";
    public const string Deployment = "rekey";
    public const string Subscription = "00000000-0000-4000-8000-000000000001";

    public static string Repository => Fact("RepositoryFolder");

    /// <summary>Where it lies.</summary>
    public static string Command => Fact("BicepCommand");

    /// <summary>The templates as they are committed.</summary>
    public static string Infra => Path.Combine(Repository, "infra");

    /// <summary>Runs it. Whatever it says is in the output, errors first.</summary>
    public static async Task<(int Exit, string Output)> RunAsync(params string[] arguments)
    {
        using var process = Process.Start(
            new ProcessStartInfo(Command, arguments)
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                UseShellExecute = false,
            }
        )!;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Patience);
        try
        {
            var (output, error) = (process.StandardOutput.ReadToEndAsync(limit.Token), process.StandardError.ReadToEndAsync(limit.Token));
            await process.WaitForExitAsync(limit.Token);
            return (process.ExitCode, await error + await output);
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }

    /// <summary>Evaluates a parameter file; the snapshot lies beside it afterwards.</summary>
    public static Task<(int Exit, string Output)> SnapshotAsync(string parameters, string mode, string subscription = Subscription) =>
        mode == "overwrite"
            ? BicepServer.OverwriteAsync(parameters, subscription)
            : RunAsync(["snapshot", parameters, "--mode", mode, "--subscription-id", subscription, .. Where]);

    private static string Fact(string name) =>
        typeof(Bicep).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == name).Value!;
}
