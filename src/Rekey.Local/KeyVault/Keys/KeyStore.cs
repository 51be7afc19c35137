using System.Collections.Concurrent;

namespace Rekey.Local.KeyVault.Keys;

/// <summary>
/// The keys of one vault: in memory, and in one file a key. A change is written beside the old file and renamed over it, so a killed
/// process leaves the old key or the new one, never half of either.
/// </summary>
internal sealed class KeyStore
{
    private readonly ConcurrentDictionary<string, StoredKey> _keys = new(StringComparer.OrdinalIgnoreCase);
    private readonly Lock _gate = new();
    private readonly string _folder;

    public KeyStore(string folder)
    {
        _folder = Path.Combine(folder, "keys");
        Directory.CreateDirectory(_folder);
        foreach (var file in Directory.EnumerateFiles(_folder, "*.json"))
        {
            var key = KeyFile.Read(File.ReadAllBytes(file));
            _keys[key.Name] = key;
        }
    }

    public IEnumerable<StoredKey> All => _keys.Values;

    public StoredKey? Find(string name) => _keys.GetValueOrDefault(name);

    /// <summary>Changes one key in one step; the change may throw to refuse. Null removes the key.</summary>
    public StoredKey? Change(string name, Func<StoredKey?, StoredKey?> change)
    {
        lock (_gate)
        {
            var old = Find(name);
            var changed = change(old);
            if (ReferenceEquals(old, changed))
            {
                return old;
            }

            var file = Path.Combine(_folder, name.ToLowerInvariant() + ".json");
            if (changed is null)
            {
                File.Delete(file);
                _keys.TryRemove(name, out _);
                return null;
            }

            Write(file, KeyFile.Write(changed));
            _keys[name] = changed;
            return changed;
        }
    }

    private static void Write(string file, byte[] content)
    {
        var draft = file + ".draft";
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite; // there is a private key in it
        }

        using (var stream = new FileStream(draft, options))
        {
            stream.Write(content);
        }

        File.Move(draft, file, overwrite: true);
    }
}
