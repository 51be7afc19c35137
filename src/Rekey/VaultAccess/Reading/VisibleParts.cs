using Rekey.Core;

namespace Rekey.VaultAccess.Reading;

/// <summary>Records refused reads as unseen parts.</summary>
internal sealed class VisibleParts(List<Unseen> unseen)
{
    public async Task<T?> TryAsync<T>(ReadingPart part, string what, Func<Task<T?>> read)
        where T : class
    {
        try
        {
            return await read();
        }
        catch (CannotContinueException e)
        {
            Miss(part, what, e.Reason);
            return null;
        }
    }

    public void Miss(ReadingPart part, string what, string why)
    {
        if (!unseen.Exists(u => u.Part == part && u.What == what))
        {
            unseen.Add(new(part, what, why));
        }
    }
}
