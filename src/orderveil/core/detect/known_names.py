"""Names that many people bear: an aid to recognise a person's name, never a register of people.

Rules kept here:
- every name here is common; none stands for anybody;
- a name that is a word or a town as well stands in `ALSO_WORDS`: it counts beside another name,
  never alone.
"""

from orderveil.core.detect.vocabulary import words

GIVEN = words(
    # India
    "aarav aarti aarush aayush abdul abhay abhijit abhilash abhinav abhishek aditi aditya ahmed"
    " aishwarya ajay ajit akash akhil akshay akshita alok amar amit amita amitabh amol amrita anand"
    " ananya aneesh angad anika aniket anil anirudh anita anjali anjana ankit ankita ankur anoop"
    " anshul anu anuj anupam anupama anuradha anurag anushka aparna apoorva archana arif arjun"
    " arnav arpit arti arun aruna arvind asha ashish ashok ashwin asif atul avinash ayesha ayush"
    " babita babu bala balaji bhanu bharat bharati bhaskar bhavana bhavesh bhavna bhupendra bina"
    " chandan chandra charu chetan chirag chitra daksh darshan debashish deepa deepak deepika"
    " deepti dev devendra devi dhananjay dharmendra dhruv dilip dinesh divya durga farah farhan"
    " fatima ganesh gaurav gauri gayatri geeta girish gita gopal gopi govind gurpreet hardik hari"
    " harish harpreet harsh harsha harshad hema hemant hemlata himanshu hitesh imran indira indu"
    " irfan isha ishaan ishita jagdish jai jaspreet jatin javed jaya jayant jayanti jayesh jaywant"
    " jitendra jyothi jyoti kabir kailash kajal kalpana kalyani kamal kamala kamlesh kapil karan"
    " karthik kartik kaushik kavita kavitha kavya keerthi keshav ketan khushi kiran kishan kishore"
    " komal krishna kritika kuldeep kumar kunal lakshman lakshmi lalit lalita lata lavanya laxmi"
    " leela lokesh madan madhav madhavi madhu madhuri mahesh mala malini mamta manav mandeep"
    " mangal mani manish manisha manjeet manju manjula manoj mansi maya mayank mayur meena"
    " meenakshi meera megha mehul milind mina minal mithun mohammad mohammed mohan mohd mohit"
    " monika mridula mukesh mukta murali nagaraj nalini namrata nandini narayan naresh narendra"
    " naveen navin nayan neelam neeraj neeta neha nidhi nikhil nikita nilesh nimisha niraj nirmal"
    " nirmala nisha nishant nitin nitya omkar padma pallavi pankaj parag paresh parth parvati"
    " pavan pawan payal pooja poonam pradeep pradnya prakash pramila pramod pranav pranay prasad"
    " prashant prateek pratibha pratik praveen pravin preeti prem priti priya priyanka puja puneet"
    " purnima purushottam pushpa rachana radha radhika raghav raghu rahul raj raja rajan rajani"
    " rajat rajeev rajendra rajesh rajeshwari rajiv rajkumar raju rakesh rakhi ram rama raman"
    " ramakrishna ramesh rameshwar ramya ranjan ranjana ranjit rashmi ratan ravi ravindra reema"
    " rekha renu renuka reshma revathi richa rina rishabh rishi rita ritesh ritika ritu rohan"
    " rohini rohit roshan roshni ruchi ruchika rupa rupali sachin sadhana sagar sahil salman"
    " sameer samir sandeep sandhya sangeeta sangita sanjana sanjay sanjeev sapna sara sarika"
    " sarita sarla saroj satish satya saurabh savita seema shailesh shaila shakti shalini shankar"
    " shanthi shanti sharad sharda sharmila shashank shashi sheela shefali shikha shilpa shiv shiva"
    " shobha shraddha shreya shreyas shruti shubham shweta siddharth simran sita smita sneha"
    " sohail soham somnath sonal sonali sonia sourav srinivas subhash subramanian suchitra sudha"
    " sudhir sujata sujatha suman sumit sumitra sundar sunil sunita suraj surbhi surekha surendra"
    " suresh sushil sushma swapna swapnil swati tanmay tanvi tanya tara tarun tejas trupti tushar"
    " uday uma umesh urmila usha utkarsh vaibhav vaishali vandana vani varsha varun vasant vasudha"
    " veena venkatesh vibha vidya vijay vijaya vikas vikram vimal vimala vinay vineet vinita vinod"
    " vipin vipul viraj virendra vishal vishnu vivek yamini yash yashwant yogesh yusuf zainab zoya"
    # elsewhere
    " adam alan alex alexander alice amanda amy andrea andrew angela anna anne anthony ashley"
    " barbara benjamin brandon brian carlos carol catherine charles charlotte chris christina"
    " christine christopher daniel david deborah dennis diana donald dorothy edward elena elizabeth"
    " emily emma eric ethan fatimah frank gary george giovanni gregory hannah hans harry hassan"
    " heather helen henry isabella jacob james jane janet jason jean jeffrey jennifer jeremy"
    " jessica joan john jonathan jose joseph joshua juan judith julia julie justin karen katherine"
    " kathleen keith kenneth kevin kimberly klaus larry laura lauren linda lisa louis lucas luis"
    " margaret maria marie martha martin mary matthew megan melissa michael michelle mohamed nancy"
    " natalie nathan nicholas nicole oliver olivia omar pamela patricia patrick paul paula peter"
    " philip pierre rachel ralph raymond rebecca richard robert ronald russell ruth ryan samantha"
    " samuel sandra sarah scott sean sharon sofia sophia sophie stephanie stephen steven susan"
    " teresa theresa thomas timothy tyler victoria vincent virginia walter wayne william zachary"
    # in Devanagari
    " आशा अमित अनिल अनीता अजय अर्जुन अंजलि अशोक अरुण दीपक दिनेश गीता गणेश हरीश जया किरण कविता"
    " कमला कुमार लक्ष्मी महेश मनोज मीना मीरा मोहन मुकेश नेहा निशा पूजा प्रकाश प्रदीप प्रिया"
    " राधा राहुल राज राजेश राकेश राम रमेश रवि रेखा रीता रोहित सचिन संजय संगीता सरिता सीमा"
    " शर्मिला शिव सीता सुमन सुनील सुनीता सुरेश उषा विजय विकास विनोद विष्णु योगेश अब्दुल मोहम्मद"
)

FAMILY = words(
    # India
    "acharya agarwal aggarwal agrawal ahuja ali ansari apte arora atre babbar bagchi bajaj bakshi"
    " banerjee banik bansal basu batra bedi bhagat bhalla bharadwaj bhardwaj bhargava bhat bhatia"
    " bhatnagar bhatt bhattacharya bhosale bhosle biswas bora bose chakrabarti chakraborty chandran"
    " chatterjee chaturvedi chaudhari chaudhary chauhan chavan chawla chettiar chopra choudhary"
    " choudhury dalal das dasgupta datta deb desai deshmukh deshpande dey dhar dhawan dhillon"
    " dixit dsouza souza"
    " dubey dutta dwivedi fernandes gaikwad gandhi ganguly garg gavaskar ghosh gill gokhale gogoi"
    " gounder gowda goyal grewal guha gupta hegde hussain iyengar iyer jadhav jain jha joshi kadam"
    " kale kamath kamble kapadia kapoor kapur kashyap kaul kaur khan khanna khatri khurana kohli"
    " kulkarni kundu lal mahajan mahapatra maheshwari mahto malhotra malik mane mathew mathur"
    " mehra mehrotra mehta menon mishra misra mistry mitra mittal modi mohanty moorthy mukherjee"
    " mukhopadhyay murthy nadar nadkarni naidu naik nair nambiar nanda narang narayanan nayak nayar"
    " negi oberoi ojha padhi pai palit panda pandey pandit panicker panigrahi pant parekh parikh"
    " parmar patel pathak patil patnaik patra pawar phadke pillai pradhan prajapati puri"
    " qureshi raghavan rajput ramachandran raman rana rane rao rastogi rathi rathod rathore raut"
    " rawat reddy roy sabharwal sahoo sahu saini salunkhe samant sanyal sarkar sarma sathe sawant"
    " saxena sehgal sen sengupta seth sethi shah shaikh sharma shastri sheikh shenoy shetty shinde"
    " shrivastava shroff shukla siddiqui singh singhal sinha solanki somani soni sonawane srivastav"
    " srivastava subramaniam sundaram suri swaminathan syed talwar tandon tendulkar thakkar"
    " thakur tiwari tomar trivedi tripathi tyagi upadhyay vaidya varghese varma venkataraman verma"
    " vohra vyas wadhwa walia yadav"
    # elsewhere
    " adams allen alvarez anderson bailey bennett brooks brown campbell carter clark collins cooper"
    " cox cruz davis diaz edwards evans fischer flores foster garcia gomez gonzalez gray green"
    " hall harris hernandez hill howard hughes jackson jenkins johnson jones kelly kim lee lewis"
    " lopez martinez meyer miller mitchell moore morgan morris mueller murphy myers nelson nguyen"
    " ortiz parker perez peterson phillips powell price ramirez reed reyes richardson rivera"
    " roberts robinson rodriguez rogers ross sanchez sanders schmidt schneider simmons smith"
    " stewart sullivan taylor thompson torres turner walker ward watson weber white williams wilson"
    " wood wright young zhang"
    # in Devanagari
    " शर्मा वर्मा गुप्ता सिंह यादव मिश्रा पांडे तिवारी त्रिपाठी द्विवेदी जोशी पाटिल देशमुख"
    " कुलकर्णी राव"
    " रेड्डी नायर पटेल शाह मेहता खान अंसारी जैन अग्रवाल चौधरी चौहान ठाकुर सक्सेना श्रीवास्तव"
    " शुक्ला दास"
)

ALSO_WORDS = words(
    "ali asha amar anand anu bala bharat chandan chandra chris daksh dev deb durga ganesh"
    " gandhi gopal green gray hall hill harry hari indira jai james jaya jean jose kajal kale kamal"
    " karan khushi kim kiran komal krishna lakshmi lalit lata lee louis madan mala mangal"
    " mani martin maya mane modi mohan nanda narayan nirmal padma pai pant parag pavan pawan pooja"
    " prem price puja pushpa raj raja rama ram ratan reed ross roshni ravi sagar sara satya sen"
    " seth sita shakti shanti shiv shiva soham soni suman suri sundar swati tara uday uma"
    " usha vani vijay vikas virginia vishnu ward white wood woods young brown cooper parker"
    " taylor turner carter foster brooks wright rivera cruz cox diaz victoria sophie charlotte"
    " georgia austin dallas sydney paris राज राम शिव किरण कमला सुमन आशा पूजा विकास विजय"
)
