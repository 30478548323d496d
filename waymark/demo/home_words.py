"""What competencies of the sample mean at home, and ideas for ten minutes: by domain of the standard, per language."""

import re

from competencies.home import write_competency_words
from competencies.models import Competency
from milestones.models import Criterion
from tenancy.actor import Actor

DOMAIN = re.compile(r"^(?:K|[1-8])\.([A-Z]+)\b")
# domain → language → (what it means, ideas)
WORDS: dict[str, dict[str, tuple[str, tuple[str, ...]]]] = {
    "CC": {
        "en": ("Your child counts things one by one and knows that the last number says how many there are.",
               ("Count the stairs together, up and down.", "Lay the table: how many forks do we need?")),
        "es": ("Su hijo o hija cuenta cosas una por una y sabe que el último número dice cuántas hay.",
               ("Cuenten juntos los escalones, al subir y al bajar.", "Al poner la mesa: ¿cuántos platos faltan?")),
        "ar": ("يعدّ طفلكم الأشياء واحدًا واحدًا ويعرف أن العدد الأخير هو عددها كلها.",
               ("عدّوا درجات السلّم معًا صعودًا ونزولًا.", "عند تجهيز المائدة: كم شوكة نحتاج؟")),
    },
    "OA": {
        "en": ("Your child sees adding, taking away, sharing and grouping in everyday things, and explains the way.",
               ("While shopping, ask: how many more do we need to make ten?",
                "Share a bag of fruit fairly and ask how you can check that it is fair.")),
        "es": ("Su hijo o hija reconoce sumas, restas y repartos en la vida diaria y explica cómo lo piensa.",
               ("En la compra pregunte: ¿cuántos faltan para llegar a diez?",
                "Repartan fruta en partes iguales y pregunte cómo se puede comprobar.")),
        "ar": ("يرى طفلكم الجمع والطرح والقسمة في أمور الحياة اليومية، ويشرح طريقته.",
               ("عند التسوّق اسألوا: كم ينقصنا لنصل إلى عشرة؟", "قسّموا الفاكهة بالتساوي واسألوا كيف نتأكد من ذلك.")),
    },
    "NBT": {
        "en": ("Your child uses tens, hundreds and their parts to work with larger numbers in the head and on paper.",
               ("Read prices aloud and say which digit is worth the most.",
                "Guess the total of three things in the basket, then look at the receipt.")),
        "es": ("Su hijo o hija usa decenas, centenas y sus partes para trabajar con números grandes.",
               ("Lean precios en voz alta y digan qué cifra vale más.",
                "Estimen el total de tres cosas de la canasta y comparen con el recibo.")),
        "ar": ("يستخدم طفلكم العشرات والمئات وأجزاءها للتعامل مع الأعداد الكبيرة ذهنيًا وكتابةً.",
               ("اقرؤوا الأسعار بصوت عالٍ واسألوا: أي رقم قيمته أكبر؟", "خمّنوا ثمن ثلاثة أشياء ثم انظروا إلى الإيصال.")),
    },
    "NF": {
        "en": ("Your child sees fractions as parts of something and as numbers, and compares and works with them.",
               ("Fold a sheet of paper into equal parts and name each part.",
                "While cooking, ask how many quarter cups fit into two cups.")),
        "es": ("Su hijo o hija ve las fracciones como partes de algo y como números, y las compara.",
               ("Doblen una hoja en partes iguales y nombren cada parte.",
                "Al cocinar, pregunte cuántos cuartos de taza caben en dos tazas.")),
        "ar": ("يرى طفلكم الكسور أجزاءً من شيء وأعدادًا أيضًا، ويقارن بينها.",
               ("اطووا ورقة إلى أجزاء متساوية وسمّوا كل جزء.", "عند الطبخ اسألوا: كم ربع كوب في كوبين؟")),
    },
    "MD": {
        "en": ("Your child measures lengths, times, weights and areas, and says what the figures tell.",
               ("Guess how long the kitchen is in steps, then measure it.",
                "Ask: we leave at ten past four and need 25 minutes. When are we there?")),
        "es": ("Su hijo o hija mide longitudes, tiempos, pesos y áreas, y explica qué dicen las cifras.",
               ("Estimen en pasos el largo de la cocina y luego mídanlo.",
                "Pregunte: salimos a las cuatro y diez y tardamos 25 minutos. ¿Cuándo llegamos?")),
        "ar": ("يقيس طفلكم الأطوال والأوقات والأوزان والمساحات، ويشرح ما تعنيه الأرقام.",
               ("خمّنوا طول المطبخ بالخطوات ثم قيسوه.", "اسألوا: نخرج في الرابعة وعشر دقائق ونحتاج 25 دقيقة، متى نصل؟")),
    },
    "G": {
        "en": ("Your child names shapes, says what makes them what they are, and puts them together and apart.",
               ("Look for three rectangles on the way home. Why are they rectangles?",
                "Describe a shape without its name and let your child guess it.")),
        "es": ("Su hijo o hija nombra figuras, dice qué las define y las compone y descompone.",
               ("Busquen tres rectángulos de camino a casa. ¿Por qué son rectángulos?",
                "Describa una figura sin nombrarla para que la adivine.")),
        "ar": ("يسمّي طفلكم الأشكال ويشرح ما يميزها، ويركّبها ويفككها.",
               ("ابحثوا عن ثلاثة مستطيلات في الطريق. لماذا هي مستطيلات؟", "صفوا شكلًا دون اسمه ودعوا طفلكم يخمّنه.")),
    },
    "habit": {
        "en": ("Your child works with others and stays with a task, also when it gets hard.",
               ("Play a game together and let the rules be explained to you.",
                "Ask: what did you try when it did not work at once?")),
        "es": ("Su hijo o hija trabaja con otros y sigue con una tarea también cuando se pone difícil.",
               ("Jueguen juntos y deje que le explique las reglas.",
                "Pregunte: ¿qué probaste cuando no salió a la primera?")),
        "ar": ("يعمل طفلكم مع الآخرين ويواصل المهمة حتى عندما تصعب.",
               ("العبوا معًا لعبة ودعوه يشرح لكم قواعدها.", "اسألوا: ماذا جرّبت عندما لم تنجح من المرة الأولى؟")),
    },
}  # fmt: skip


def add_home_words(lead: Actor) -> None:
    """For every competency that a milestone in use asks for, in three languages; some only in English."""
    asked = Criterion.objects.filter(milestone__is_active=True).values("competency_id")
    for n, competency in enumerate(Competency.objects.filter(id__in=asked).order_by("id")):
        words = WORDS.get(domain_of(competency.code))
        for language, (meaning, ideas) in (words or {}).items():
            if language == "en" or n % 7:  # a few are not translated yet
                write_competency_words(
                    lead, competency=competency, language=language, meaning=meaning, ideas="\n".join(ideas)
                )


def domain_of(code: str) -> str:
    found = DOMAIN.match(code)
    return found[1] if found else "habit" if code.startswith("H") else ""
