using Rekey.Core;

namespace Rekey.DuckDb.Intake;

/// <summary>Stops a run whose map does not fit the files.</summary>
internal static class MapFit
{
    /// <exception cref="CannotContinueException"><c>bad-mapping</c>: it names all absent columns.</exception>
    public static void Check(IReadOnlyList<AbsentColumn> absent)
    {
        if (absent.Count > 0)
        {
            throw new CannotContinueException(
                "bad-mapping",
                $"The mapping '{absent[0].Map}' names columns that the files do not have. "
                    + string.Join(" ", absent.Select(a => $"{a.At}: {a.Words}")),
                "Correct the names in the mapping file (docs/maps.md describes it). rekey sweep --suggest-map lists the columns of the files."
            );
        }
    }
}
