using Rekey.Local.Azurite;

namespace Rekey.Local.Tests.Azurite;

public sealed class AzuriteInstallationTests
{
    private static readonly string[] ManifestFiles = ["package.json", "package-lock.json", ".npmrc", "run.mjs"];

    [Fact]
    public void The_manifest_is_shipped_beside_the_program() =>
        Assert.All(ManifestFiles, file => Assert.True(File.Exists(Path.Combine(AzuriteInstallation.ShippedManifest, file)), file));

    [Fact]
    public async Task The_lock_pins_the_version_and_names_no_registry()
    {
        var text = await File.ReadAllTextAsync(
            Path.Combine(AzuriteInstallation.ShippedManifest, "package-lock.json"),
            TestContext.Current.CancellationToken
        );
        Assert.Contains("\"azurite\": \"3.35.0\"", text, StringComparison.Ordinal);
        Assert.DoesNotContain("\"resolved\"", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_at_once_should_install_one_after_the_other()
    {
        var folder = Directory.CreateTempSubdirectory("rekey-lock-").FullName;
        var path = Path.Combine(folder, "x.lock");
        var told = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        Task<IAsyncDisposable> second;
        await using (await InstallLock.TakeAsync(path, null, TestContext.Current.CancellationToken))
        {
            second = InstallLock.TakeAsync(path, new Told(told), TestContext.Current.CancellationToken);
            Assert.Contains(
                "waiting",
                await told.Task.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken),
                StringComparison.Ordinal
            );
            Assert.False(second.IsCompleted);
        }

        await using var taken = await second.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_lock_that_npm_refuses_should_say_so_and_leave_nothing_to_be_taken_for_whole()
    {
        var manifest = Directory.CreateTempSubdirectory("rekey-manifest-").FullName;
        var cache = Directory.CreateTempSubdirectory("rekey-cache-").FullName;
        await File.WriteAllTextAsync(
            Path.Combine(manifest, "package.json"),
            """{"name":"x","version":"1.0.0","dependencies":{"azurite":"3.35.0"}}""",
            TestContext.Current.CancellationToken
        );
        await File.WriteAllTextAsync(
            Path.Combine(manifest, "package-lock.json"),
            """{"name":"x","version":"1.0.0","lockfileVersion":3,"packages":{"":{"name":"x","version":"1.0.0"}}}""",
            TestContext.Current.CancellationToken
        );
        await File.WriteAllTextAsync(Path.Combine(manifest, ".npmrc"), "offline=true\n", TestContext.Current.CancellationToken);

        var refused = await Assert.ThrowsAsync<AzuriteException>(() =>
            new AzuriteInstallation(manifest, cache, null).EnsureAsync(TestContext.Current.CancellationToken)
        );

        Assert.Contains("npm ci ended with 1", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Directory.GetDirectories(cache), folder => !folder.EndsWith(".tmp", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("v20.20.2", 20)]
    [InlineData("v8.1.0", 8)]
    [InlineData("20", 0)]
    [InlineData(null, 0)]
    public void Major_should_read_what_node_prints(string? version, int expected) => Assert.Equal(expected, NodeTools.Major(version));

    private sealed class Told(TaskCompletionSource<string> told) : IProgress<string>
    {
        public void Report(string value) => told.TrySetResult(value);
    }
}
