using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Rekey.Local.Processes;

namespace Rekey.Local.Azurite;

/// <summary>
/// Installs the pinned Azurite once per lock file. Two processes that want it at the same time wait for each other, and a killed
/// installation leaves nothing that could be taken for a whole one: it is made aside and renamed.
/// </summary>
internal sealed class AzuriteInstallation(string manifestFolder, string? cacheFolder, IProgress<string>? progress)
{
    private static readonly string[] Manifest = ["package.json", "package-lock.json", ".npmrc"];
    private readonly string cache = cacheFolder ?? DefaultCache();

    public static string ShippedManifest => Path.Combine(AppContext.BaseDirectory, "azurite");

    /// <summary>The script that Node runs, installed first when needed.</summary>
    public async Task<string> EnsureAsync(CancellationToken cancellationToken)
    {
        var lockText = await File.ReadAllBytesAsync(Path.Combine(manifestFolder, "package-lock.json"), cancellationToken);
        var name = $"azurite-{Convert.ToHexStringLower(SHA256.HashData(lockText))[..16]}";
        var entry = Path.Combine(cache, name, "node_modules", "azurite", "dist", "src", "azurite.js");
        if (File.Exists(entry))
        {
            return entry;
        }

        Directory.CreateDirectory(cache);
        await using (await InstallLock.TakeAsync(Path.Combine(cache, name + ".lock"), progress, cancellationToken))
        {
            if (!File.Exists(entry))
            {
                await InstallAsync(name, PackageCount(lockText), cancellationToken);
            }
        }

        return File.Exists(entry) ? entry : throw new AzuriteException($"npm ended well, but {entry} is not there.");
    }

    private async Task InstallAsync(string name, int packages, CancellationToken cancellationToken)
    {
        var npm = NodeTools.Npm();
        foreach (var leftOver in Directory.EnumerateDirectories(cache, $"{name}.*.tmp"))
        {
            Directory.Delete(leftOver, recursive: true);
        }

        var temporary = Path.Combine(cache, $"{name}.{Environment.ProcessId}.tmp");
        Directory.CreateDirectory(temporary);
        foreach (var file in Manifest)
        {
            File.Copy(Path.Combine(manifestFolder, file), Path.Combine(temporary, file));
        }

        await RunNpmAsync(npm, temporary, packages, cancellationToken);
        var target = Path.Combine(cache, name);
        if (Directory.Exists(target))
        {
            Directory.Delete(target, recursive: true);
        }

        Directory.Move(temporary, target);
    }

    private async Task RunNpmAsync(string npm, string folder, int packages, CancellationToken cancellationToken)
    {
        var elapsed = Stopwatch.StartNew();
        var fetched = 0;
        var lastLines = new Queue<string>();
        void Hear(string line)
        {
            if (line.Contains(".tgz", StringComparison.Ordinal))
            {
                Interlocked.Increment(ref fetched);
            }
            else if (!line.Contains(" http ", StringComparison.Ordinal))
            {
                lock (lastLines)
                {
                    lastLines.Enqueue(line);
                    while (lastLines.Count > 12)
                    {
                        lastLines.Dequeue();
                    }
                }
            }
        }

        // No install script of a dependency runs; Azurite needs none.
        await using var child = ChildProcess.Start(
            new ChildProcessStart(npm, ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=http"], folder)
            {
                OnOutput = Hear,
                OnError = Hear,
            }
        );
        progress?.Report("Installing Azurite (once): asking npm");
        while (!child.Exited.IsCompleted)
        {
            await Task.WhenAny(child.Exited, Task.Delay(TimeSpan.FromSeconds(1), cancellationToken));
            cancellationToken.ThrowIfCancellationRequested();
            progress?.Report(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"Installing Azurite (once): {Math.Min(Volatile.Read(ref fetched), packages)} of {packages} packages, "
                        + $"{elapsed.Elapsed.TotalSeconds:0} s"
                )
            );
        }

        if (await child.Exited is var code and not 0)
        {
            lock (lastLines)
            {
                throw new AzuriteException($"npm ci ended with {code}: {string.Join(Environment.NewLine, lastLines)}");
            }
        }
    }

    private static int PackageCount(byte[] lockText)
    {
        using var document = JsonDocument.Parse(lockText);
        // The entry with the empty name is the project itself.
        return document.RootElement.GetProperty("packages").EnumerateObject().Count(package => package.Name.Length > 0);
    }

    private static string DefaultCache()
    {
        var home = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify);
        return home.Length > 0 ? Path.Combine(home, "rekey", "azurite") : Path.Combine(AppContext.BaseDirectory, ".local", "azurite");
    }
}
